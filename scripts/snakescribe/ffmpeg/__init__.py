"""ffmpeg at work: which program it is, media files looked into, recordings as samples."""
