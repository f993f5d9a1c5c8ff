"""How a chunk sounds: the columns that say so; docs/process.md has the definitions."""

from snakescribe.tables.schema import Column

# What a chunk sounds like in a variant; docs/process.md defines each. Strata may name any.
QUALITY = (
    Column("speech_seconds", "float", "seconds of speech inside", "s"),
    Column("speech_share", "float", "the part of the chunk that is speech, from 0 to 1"),
    Column("snr_db", "float", "speech against the noise in its pauses", "dB", optional=True),
    Column(
        "wada_snr_db", "float", "signal-to-noise ratio by WADA, for raw audio", "dB", optional=True
    ),
    Column("peak_dbfs", "float", "the largest sample, below full scale", "dBFS"),
    Column("clipped_share", "float", "the part of the samples at full scale, from 0 to 1"),
    Column(
        "bandwidth_hz", "float", "highest frequency less than 50 dB below the strongest", "Hz",
        optional=True,
    ),
    Column("loudness_lufs", "float", "loudness as ITU-R BS.1770-4 has it", "LUFS", optional=True),
    Column(
        "processed_to_raw_db", "float", "power against that without any filter", "dB", optional=True
    ),
)  # fmt: skip
