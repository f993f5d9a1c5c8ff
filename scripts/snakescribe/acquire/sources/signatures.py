"""How sound files are told from others: by their endings, else by their first bytes."""

import re

# Containers and streams that ffmpeg reads and in which people keep sound, film among them.
_SOUND = (
    "3g2 3gp aa3 aac aax ac3 adts aif aifc aiff amr ape asf au avi avr awb bwf caf divx dsf dts "
    "dtshd dv eac3 ec3 f4a f4v flac flv gsm ircam m2a m2ts m4a m4b m4r m4v mka mkv mlp mov mp+ mp1 "
    "mp2 mp3 mp4 mpa mpc mpeg mpg mpga mts mxf nist oga ogg ogv ogx oma opus qcp ra rf64 rm rmvb "
    "shn snd sph spx tak tta vob voc w64 wav wave webm wma wmv wv"
)
# What lies beside sound, and would take time to be looked into.
_OTHER = (
    "txt csv tsv tab json jsonl ndjson json3 vtt srt ttml dfxp stm ctm textgrid eaf trn lab xml "
    "html htm md rst pdf doc docx xls xlsx odt ods rtf log yaml yml toml ini cfg py sh r m ipynb "
    "sql db jpg jpeg png gif webp svg bmp tif tiff ico heic zip gz bz2 xz zst tar tgz 7z rar "
    "parquet npy npz pt ckpt h5 part ytdl lock bak tmp url lnk nfo cue m3u m3u8 pls sfk pkf asd "
    "reapeaks"
)
AUDIO_SUFFIXES = frozenset(f".{kind}" for kind in _SOUND.split())
OTHER_SUFFIXES = frozenset(f".{kind}" for kind in _OTHER.split())

_HEAD_BYTES = 384
# What the first bytes of a file are, by container: the order of ffmpeg's own guesses.
_HEAD = re.compile(
    rb"(RIFF|RIFX|RF64|BW64)....(WAVE|AVI )|riff.{20}wave|FORM....(AIFF|AIFC)|fLaC|OggS"
    rb"|ID3[\x02-\x04]|\xff[\xfa\xfb\xf3\xf2\xfd\xfc\xf5\xf4\xf1\xf9]|\0\0..(ftyp|moov|mdat|wide)"
    rb"|\x1aE\xdf\xa3|\.snd|caff\0|#!AMR|NIST_1A|FLV\x01|MAC |wvpk|TTA1|MPCK|MP\+|tBaK|\x0bw"
    rb"|\x7f\xfe\x80\x01|0&\xb2u\x8ef\xcf\x11|\0\0\x01\xba|Creative Voice File|DSD |\.RMF"
    rb"|\.ra\xfd|ajkg",
    re.DOTALL,
)
_TS_PACKET = 188


def looks_like_sound(path: str) -> bool:
    """Whether a file begins as one of the containers does that hold sound.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as stream:  # noqa: PTH123 - names that are not UTF-8, too
        head = stream.read(_HEAD_BYTES)
    return bool(_HEAD.match(head)) or _is_transport_stream(head)


def _is_transport_stream(head: bytes) -> bool:
    """MPEG's transport stream: packets of 188 bytes, each of which begins with a G."""
    packets = head[::_TS_PACKET]
    return len(packets) > 2 and set(packets) == {0x47}
