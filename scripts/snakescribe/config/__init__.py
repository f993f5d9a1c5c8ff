"""The configuration as data: a class for each block, and experiments expanded into conditions."""
