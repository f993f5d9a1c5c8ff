-- Which words begin with a space. Rows that were loaded before do not say it until they are loaded again.

alter table words add column spaced boolean;
comment on column words.text is 'A word, or a piece of one (French `L` and `''accident`, single characters of Japanese), with its punctuation.';
comment on column words.spaced is 'Whether white space stands before it in the text: joined so, the words are the text where they spell it.';
