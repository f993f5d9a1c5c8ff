"""The shape of a video in answers of the YouTube Data API, as far as it is read here.

Source: the reference of the resource `videos` in Google's documentation. What a video does not have
is left out; counts come as text.
"""

from typing import TypedDict


class Thumbnail(TypedDict, total=False):
    """A picture; width and height in pixels."""

    url: str
    width: int
    height: int


class Snippet(TypedDict, total=False):
    """Title, texts and where it was published; `publishedAt` is ISO 8601."""

    title: str
    description: str
    publishedAt: str
    channelId: str
    channelTitle: str
    categoryId: str
    liveBroadcastContent: str
    defaultLanguage: str
    defaultAudioLanguage: str
    tags: list[str]
    thumbnails: dict[str, Thumbnail]


class ContentDetails(TypedDict, total=False):
    """What the video is; `duration` is ISO 8601, `caption` is "true" or "false"."""

    duration: str
    dimension: str
    definition: str
    caption: str
    licensedContent: bool
    projection: str


class VideoStatus(TypedDict, total=False):
    """Who may see and show it."""

    uploadStatus: str
    privacyStatus: str
    license: str
    embeddable: bool
    publicStatsViewable: bool
    madeForKids: bool


class Statistics(TypedDict, total=False):
    """Counts."""

    viewCount: str
    likeCount: str
    favoriteCount: str
    commentCount: str


class TopicDetails(TypedDict, total=False):
    """What it is about, as addresses of encyclopedia pages."""

    topicCategories: list[str]


class Localization(TypedDict, total=False):
    """Title and description in another language."""

    title: str
    description: str


class VideoResource(TypedDict, total=False):
    """A video; empty: there is no such video. `retrieved_at` is ours: when the API said so."""

    id: str
    kind: str
    etag: str
    snippet: Snippet
    contentDetails: ContentDetails
    status: VideoStatus
    statistics: Statistics
    topicDetails: TopicDetails
    localizations: dict[str, Localization]
    retrieved_at: str
