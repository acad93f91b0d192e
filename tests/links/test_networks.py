"""Targets of every network in random spellings: the same stay one, others never become one."""

from dataclasses import dataclass
from random import Random

from hypothesis import given, strategies as st
import pytest

from custom_components.smm_panel.links import canonical_link, canonical_target, network_named
from custom_components.smm_panel.links.network import Network
from custom_components.smm_panel.links.networks import NETWORKS


@dataclass(frozen=True, slots=True)
class Kind:
    """What an order can be for, with the addresses of it, {} for its id."""

    name: str
    addresses: tuple[str, ...]
    ids: st.SearchStrategy[str]
    is_name: bool = False
    tracking: tuple[str, ...] = ()


# Few letters, so that most ids differ only in their case or in one place.
NAMES = st.from_regex(r"[ab][ab1_]{3,5}", fullmatch=True)
PLAIN_NAMES = st.from_regex(r"[ab][ab1]{3,5}", fullmatch=True)
DOTTED = st.from_regex(r"[ab][ab.]{2,3}[ab1]", fullmatch=True)
CODES = st.from_regex(r"[aAbB_-]{11}", fullmatch=True)
PLAIN_CODES = st.from_regex(r"[aAbB1]{8}", fullmatch=True)
NUMBERS = st.from_regex(r"[1-3]{6}", fullmatch=True)
MEDIA = ("instagram.com/p/{}", "instagr.am/p/{}", "instagram.com/reel/{}", "instagram.com/tv/{}")

KINDS = (
    Kind("instagram", ("instagram.com/{}", "instagr.am/{}"), DOTTED, is_name=True),
    Kind("instagram", (*MEDIA, "instagram.com/a.b/reel/{}", "instagram.com/reels/{}"), CODES),
    Kind("instagram", tuple(f"{address}?img_index=2" for address in MEDIA), CODES),
    Kind("instagram", ("instagram.com/stories/abba/{}",), NUMBERS),
    Kind("facebook", ("facebook.com/{}", "fb.com/{}"), DOTTED, is_name=True),
    Kind("facebook", ("facebook.com/abba/posts/{}", "web.facebook.com/abba/posts/{}"), CODES),
    Kind("facebook", ("facebook.com/watch?v={}",), NUMBERS, tracking=("mibextid=x", "ref=y")),
    Kind("facebook", ("facebook.com/story.php?id=1&story_fbid={}",), NUMBERS),
    Kind("facebook", ("fb.watch/{}",), PLAIN_CODES),
    Kind("tiktok", ("tiktok.com/@{}",), DOTTED, is_name=True, tracking=("_t=1", "_r=1")),
    Kind("tiktok", ("tiktok.com/@a.b/video/{}", "tiktok.com/v/{}.html"), NUMBERS),
    Kind("tiktok", ("tiktok.com/@abba/photo/{}",), NUMBERS, tracking=("is_from_webapp=1",)),
    Kind("tiktok", ("vm.tiktok.com/{}",), PLAIN_CODES, tracking=("_r=1",)),
    Kind("youtube", ("youtube.com/@{}",), DOTTED, is_name=True, tracking=("si=x", "feature=y")),
    Kind("youtube", ("youtube.com/c/{}",), PLAIN_NAMES, is_name=True),
    Kind("youtube", ("youtube.com/user/{}",), PLAIN_NAMES, is_name=True),
    Kind("youtube", ("youtube.com/channel/UC{}",), CODES),
    Kind("youtube", ("youtube.com/playlist?list={}",), CODES),
    Kind(
        "youtube",
        ("youtube.com/watch?v={}", "youtu.be/{}", "youtube.com/shorts/{}", "youtube.com/live/{}"),
        CODES,
        tracking=("si=x", "t=4s", "pp=z"),
    ),
    Kind("youtube", ("youtube.com/watch?v=abcdefghijk&lc={}", "youtu.be/abcdefghijk?lc={}"), CODES),
    Kind("x", ("x.com/{}", "twitter.com/{}"), NAMES, is_name=True, tracking=("s=20", "t=x")),
    Kind("x", ("x.com/abba/status/{}", "twitter.com/i/web/status/{}"), NUMBERS, tracking=("s=1",)),
    Kind("telegram", ("t.me/{}", "t.me/s/{}", "telegram.me/{}", "{}.t.me"), NAMES, is_name=True),
    Kind("telegram", ("t.me/abba/{}", "t.me/s/ABBA/{}", "abba.t.me/{}"), NUMBERS),
    Kind("telegram", ("t.me/abba?start={}", "telegram.dog/abba?start={}"), CODES),
    Kind("telegram", ("t.me/+{}", "t.me/joinchat/{}", "telegram.me/+{}"), CODES),
    Kind("threads", ("threads.com/@{}", "threads.net/@{}"), DOTTED, is_name=True),
    Kind("threads", ("threads.net/@abba/post/{}", "threads.com/t/{}"), CODES, tracking=("xmt=1",)),
    Kind("linkedin", ("linkedin.com/in/{}", "de.linkedin.com/in/{}"), NAMES, is_name=True),
    Kind("linkedin", ("linkedin.com/company/{}",), NAMES, is_name=True, tracking=("trk=x",)),
    Kind("linkedin", ("linkedin.com/feed/update/urn:li:activity:{}",), NUMBERS),
    Kind("pinterest", ("pinterest.com/{}", "pinterest.co.uk/{}"), NAMES, is_name=True),
    Kind("pinterest", ("pinterest.com/pin/{}", "de.pinterest.com/pin/{}"), NUMBERS),
    Kind("reddit", ("reddit.com/r/{}", "old.reddit.com/r/{}"), NAMES, is_name=True),
    Kind("reddit", ("reddit.com/u/{}", "reddit.com/user/{}"), NAMES, is_name=True),
    Kind("reddit", ("redd.it/{}", "reddit.com/r/abba/comments/{}/title"), NUMBERS),
    Kind("reddit", ("reddit.com/r/a/comments/1/t/{}", "reddit.com/comments/1//{}"), NUMBERS),
    Kind("twitch", ("twitch.tv/{}",), NAMES, is_name=True),
    Kind("twitch", ("twitch.tv/videos/{}",), NUMBERS, tracking=("t=1h",)),
    Kind("twitch", ("clips.twitch.tv/{}", "twitch.tv/abba/clip/{}"), CODES),
    Kind("kick", ("kick.com/{}",), NAMES, is_name=True),
    Kind("spotify", ("open.spotify.com/track/{}", "open.spotify.com/intl-de/track/{}"), CODES),
    Kind("spotify", ("open.spotify.com/album/{}",), CODES, tracking=("si=x",)),
    Kind("spotify", ("open.spotify.com/user/{}",), NAMES, is_name=True),
    Kind("soundcloud", ("soundcloud.com/{}",), NAMES, is_name=True, tracking=("si=x",)),
    Kind("soundcloud", ("soundcloud.com/abba/{}",), CODES),
    Kind("discord", ("discord.gg/{}", "discord.com/invite/{}"), CODES),
    Kind("vk", ("vk.com/{}", "vk.ru/{}"), NAMES, is_name=True),
    Kind("vk", ("vk.com/wall-1_{}",), NUMBERS),
    Kind("snapchat", ("snapchat.com/add/{}", "snapchat.com/@{}"), DOTTED, is_name=True),
    Kind("snapchat", ("snapchat.com/spotlight/{}",), CODES, tracking=("share_id=x",)),
    Kind("other", ("a.example/{}",), CODES),
    Kind("other", ("a.example/p?id={}",), CODES),
    Kind("other", ("a.example/{}/P",), CODES),
)

type Target = tuple[Kind, str]


@st.composite
def targets(draw: st.DrawFn) -> Target:
    """Choose what an order is for."""
    kind = draw(st.sampled_from(KINDS))
    return kind, draw(kind.ids)


def in_any_case(text: str, random: Random) -> str:
    """Change the case of some letters."""
    return "".join(random.choice((letter.lower(), letter.upper())) for letter in text)


def spelled(target: Target, random: Random) -> str:
    """Spell the address of a target as somebody might have copied or typed it."""
    kind, item = target
    template, _, query = random.choice(kind.addresses).partition("?")
    if kind.is_name:
        item = in_any_case(item, random)
    parameters = [part.format(item) for part in query.split("&") if part]
    more = [*kind.tracking, "utm_source=a", "fbclid=c", "igsh=d"]
    parameters += random.sample(more, random.randint(0, len(more)))
    random.shuffle(parameters)
    host, slash, path = template.format(item).partition("/")
    # m.t.me and mobile.t.me are addresses of users.
    prefixes = ("", "www.") if host.endswith("t.me") else ("", "www.", "m.", "mobile.")
    host = in_any_case(random.choice(prefixes) + host, random) + random.choice(("", "."))
    path = "/".join(
        "".join(f"%{ord(sign):02x}" if random.random() < 0.1 else sign for sign in segment)
        for segment in path.split("/")
    )
    return "".join(
        [
            random.choice(("", "\u200b", " ")),
            random.choice(("https://", "http://", "HTTPS://", "//") + (("",) if slash else ())),
            host,
            random.choice(("", ":443", ":80")),
            slash + path,
            random.choice(("", "/")),
            "?" if parameters else "",
            "&".join(parameters),
            "" if kind.name == "vk" else random.choice(("", "#", "#part")),
            random.choice(("", "\u00a0", "\ufeff")),
        ]
    )


@given(targets(), st.randoms(use_true_random=False))
def test_same_target_in_two_spellings(target: Target, random: Random) -> None:
    """The second of two orders for one target runs short."""
    first, second = spelled(target, random), spelled(target, random)

    assert canonical_link(first) == canonical_link(second), (first, second)
    assert canonical_target(first, None) == canonical_target(second, None)


@given(targets(), st.data(), st.randoms(use_true_random=False))
def test_two_targets_in_any_spelling(target: Target, data: st.DataObject, random: Random) -> None:
    """Two posts, channels or users that become one refuse an honest order."""
    near = st.tuples(st.just(target[0]), target[0].ids)
    other = data.draw((near | targets()).filter(lambda chosen: chosen != target))
    first, second = spelled(target, random), spelled(other, random)

    assert canonical_link(first) != canonical_link(second), (first, second)
    assert canonical_target(first, "a") != canonical_target(second, "a")


@given(NAMES, st.sampled_from(["a", "B", "_"]), st.randoms(use_true_random=False))
@pytest.mark.parametrize(
    "network",
    [network for network in NETWORKS if network.profile],
    ids=lambda network: network.name,
)
def test_user_names(network: Network, name: str, end: str, random: Random) -> None:
    """A name is the address of its profile, and never that of a longer name."""
    profile = network.profile_of(in_any_case(name, random))
    address = canonical_target(None, f"@{name}", network.name)

    assert profile is not None
    assert address == canonical_link(profile)
    assert address != canonical_target(None, name + end, network.name)


def test_every_network_is_tried() -> None:
    """A network without a kind above is one whose patterns nothing holds."""
    assert {kind.name for kind in KINDS} == {
        *(network.name for network in NETWORKS if network.name != "telegram web"),
        "other",
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Instagram Followers [Real]", "instagram"),
        ("IG Likes", "instagram"),
        ("Tik Tok views", "tiktok"),
        ("Twitter (X) Retweets", "x"),
        ("YouTube-Views", "youtube"),
        ("Big sale, right now", None),
        ("Instagram Followers, ask us on Telegram", None),
        ("Website Traffic", None),
        ("", None),
    ],
)
def test_network_named(text: str, name: str | None) -> None:
    """Only a text about one network says whose user names an order has."""
    assert network_named(text) == name
