"""The names of what may be heard of a recording's channels; imports nothing."""

# What may be listened to of a recording's channels: what is in the sound decides, or one of these.
AUTO, EACH = "auto", "each"
CHANNELS = ("mix", "left", "right", "centre", EACH)
