"""Which links and user names are one target. test_kept_apart.py has those that are two."""

from hypothesis import example, given, strategies as st
import pytest

from custom_components.smm_panel.links import canonical_link, canonical_target

ID = "dQw4w9WgXcQ"

ONE: dict[str, tuple[str, ...]] = {
    "scheme": ("https://a.example/p", "http://a.example/p", "//a.example/p", "a.example/p"),
    "host": ("https://a.example/p", "HTTPS://A.Example/p", "https://www.a.example/p"),
    "host for phones": ("a.example/p", "m.a.example/p", "https://mobile.a.example/p"),
    "bare host": ("https://a.example", "a.example", "www.a.example", "A.Example/", "a.example."),
    "letters of a host": ("https://bücher.example/p", "https://xn--bcher-kva.example/p"),
    "port": ("https://a.example/p", "https://a.example:443/p", "http://a.example:80/p"),
    "slash and dots": ("https://a.example./p", "https://a.example/p/", "https://a.example/p//"),
    "dot segments": ("https://a.example/p", "https://a.example/x/../p", "https://a.example/%2E/p"),
    "encoding": ("https://a.example/@p~é", "https://a.example/%40p%7e%C3%A9"),
    "encoded hex": ("https://a.example/%c3%a9?q=%c3%a9", "https://a.example/%C3%A9?q=é"),
    "blanks of parameters": ("https://a.example/?q=a+b", "https://a.example?q=a%20b"),
    "order of parameters": ("https://a.example/?b=2&a=1", "https://a.example/?a=1&b=2&"),
    "tracking": (
        "https://a.example/p?id=1",
        "https://a.example/p?utm_source=x&id=1&UTM_Medium=y",
        "https://a.example/p?%75tm_source=x&id=1&fbclid=z",
    ),
    "fragment": ("https://a.example/p", "https://a.example/p#part", "https://a.example/p#"),
    "invisible ends": (
        "https://a.example/p",
        "\u200bhttps://a.example/p\u00a0",
        "\ufeffa.example/p",
    ),
    "Instagram profile": (
        "https://instagram.com/natgeo",
        "https://www.instagram.com/NatGeo/?hl=en&igsh=MXg%3D%3D",
        "instagr.am/natgeo",
        "https://instagram.com/natgeo.",
        "HTTP://M.INSTAGRAM.COM/natgeo#",
    ),
    "Instagram post": (
        "https://www.instagram.com/p/CxYzAb12345/?igshid=abc",
        "https://instagr.am/p/CxYzAb12345",
        "https://www.instagram.com/reel/CxYzAb12345/?utm_source=ig_web_copy_link",
        "https://www.instagram.com/reels/CxYzAb12345/",
        "https://www.instagram.com/tv/CxYzAb12345",
        "https://www.instagram.com/natgeo/reel/CxYzAb12345/",
        "https://www.instagram.com/nat.geo/p/CxYzAb12345/",
    ),
    "Instagram story": ("instagram.com/stories/NatGeo/123", "instagram.com/stories/natgeo/123"),
    "Facebook": (
        "https://www.facebook.com/Some.Page",
        "https://m.facebook.com/some.page/?mibextid=LQQJ4d",
        "https://de-de.facebook.com/some.page?__tn__=x&__cft__[0]=y",
        "fb.com/some.page",
    ),
    "TikTok video": (
        "https://www.tiktok.com/@Some.One/video/7123456789012345678?is_from_webapp=1&_t=8x&_r=1",
        "https://m.tiktok.com/v/7123456789012345678.html",
        "https://www.tiktok.com/%40some.one/video/7123456789012345678",
        "https://www.tiktok.com/embed/v2/7123456789012345678",
    ),
    "YouTube video": (
        f"https://www.youtube.com/watch?v={ID}",
        f"https://youtu.be/{ID}?si=abc",
        f"https://youtube.com/shorts/{ID}?feature=share",
        f"https://m.youtube.com/watch/?app=desktop&v={ID}&t=42s",
        f"https://www.youtube.com/live/{ID}",
        f"https://www.youtube.com/embed/{ID}?start=3",
        f"https://www.youtube-nocookie.com/embed/{ID}",
        f"https://music.youtube.com/watch?v={ID}",
    ),
    "YouTube comment": (
        f"https://www.youtube.com/watch?v={ID}&lc=UgxA",
        f"https://youtu.be/{ID}?lc=UgxA",
    ),
    "YouTube channel": ("https://www.youtube.com/@MrBeast", "https://youtube.com/@mrbeast/?si=x"),
    "YouTube custom name": ("https://www.youtube.com/c/MrBeast", "youtube.com/c/mrbeast"),
    "X profile": (
        "https://x.com/Jack",
        "https://twitter.com/jack?s=21&t=a",
        "mobile.twitter.com/jack",
    ),
    "X post": (
        "https://x.com/jack/status/20",
        "https://twitter.com/Jack/statuses/20?ref_src=twsrc",
        "https://twitter.com/i/web/status/20",
    ),
    "Telegram channel": (
        "https://t.me/Durov",
        "https://t.me/s/durov",
        "telegram.me/durov",
        "https://durov.t.me",
    ),
    "Telegram post": ("https://t.me/durov/12", "https://t.me/s/Durov/12", "https://durov.t.me/12"),
    "Telegram invitation": ("https://t.me/+AbC_d", "https://t.me/joinchat/AbC_d"),
    "Threads": ("https://www.threads.net/@Zuck/post/CuW", "https://threads.com/t/CuW?xmt=x"),
    "LinkedIn": (
        "https://www.linkedin.com/in/Jane-Doe",
        "https://de.linkedin.com/in/jane-doe?trk=x",
    ),
    "Pinterest": ("https://www.pinterest.de/pin/12/", "https://pinterest.com/pin/12?sender=1"),
    "Reddit": (
        "https://www.reddit.com/r/Pics/comments/1abc2d/some_title/?share_id=x",
        "https://old.reddit.com/r/pics/comments/1abc2d",
        "https://redd.it/1abc2d",
    ),
    "Reddit comment": (
        "https://www.reddit.com/r/pics/comments/1abc2d/some_title/k1/",
        "https://www.reddit.com/r/pics/comments/1abc2d/comment/k1/",
        "https://www.reddit.com/comments/1abc2d//k1",
    ),
    "Reddit user": ("https://www.reddit.com/u/Spez", "https://www.reddit.com/user/spez/"),
    "Twitch clip": ("https://clips.twitch.tv/OneTwo-x", "https://www.twitch.tv/a/clip/OneTwo-x"),
    "Spotify": (
        "https://open.spotify.com/track/4cOdK2wGLETKBW3PvgPWqT?si=1",
        "https://open.spotify.com/intl-de/track/4cOdK2wGLETKBW3PvgPWqT",
        "https://open.spotify.com/embed/track/4cOdK2wGLETKBW3PvgPWqT",
    ),
    "SoundCloud": (
        "https://soundcloud.com/Artist/song?si=1",
        "https://m.soundcloud.com/artist/song",
    ),
    "Discord": (
        "https://discord.gg/AbC",
        "https://discord.com/invite/AbC",
        "discordapp.com/invite/AbC",
    ),
    "VK": ("https://vk.com/Durov", "https://m.vk.com/durov", "https://vk.ru/durov"),
    "Snapchat": ("https://www.snapchat.com/add/Team", "https://snapchat.com/@team?share_id=x"),
    "name": ("@NatGeo", "@natgeo", " @natgeo\u200b"),
    "other text": ("some  text", " some text"),
}


@pytest.mark.parametrize("links", ONE.values(), ids=ONE)
def test_one_target(links: tuple[str, ...]) -> None:
    """A second order for the same target runs short, however its link is spelled."""
    assert {canonical_link(link) for link in links} == {canonical_link(links[0])}


@pytest.mark.parametrize(
    ("link", "form"),
    [
        ("http://WWW.Instagram.com/NatGeo/?igsh=x", "https://instagram.com/natgeo"),
        (f"youtu.be/{ID}?si=x&lc=y", f"https://youtube.com/watch?lc=y&v={ID}"),
        ("A.Example:8080/B/?z=1&y#x", "https://a.example:8080/B?y&z=1"),
        ("https://[::1]:80/", "https://[::1]"),
        ("no link", "no link"),
        (f"https://{'m.' * 200}a.example", f"https://{'m.' * 200}a.example"),
        ("", ""),
    ],
)
def test_form(link: str, form: str) -> None:
    """The form is kept with orders: a change of it makes old orders unknown."""
    assert canonical_link(link) == form


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "https://",
                "http://",
                "//",
                "/",
                "?",
                "#",
                "&",
                "=",
                ".",
                "..",
                ":",
                ":80",
                "@",
                "%",
            ),
            *("%2F", "%2e", "%41", "%E2", "+", ";", "\\", " ", "\t", "[", "]", "::1", "!", "$"),
            *("www.", "m.", "mobile.", "a.example", "x.com", "twitter.com", "t.me", "youtu.be"),
            *("instagram.com", "reddit.com", "redd.it", "youtube.com", "open.spotify.com", "vk.ru"),
            *("tiktok.com", "Stories", "P", "reel", "reels", "tv", "watch", "Shorts", "v=", ID),
            *("s", "S", "joinchat", "Name", "u", "r", "user", "comments", "intl-de", "embed"),
            *(
                "status",
                "i",
                "web",
                "video",
                "add",
                "utm_x=1",
                "\u200b",
                "é",
                "ß",
                "İ",
                "\uff0e",
                "\u2100",
            ),
        ]
    )
    | st.text(max_size=3),
    max_size=14,
).map("".join)


@given(PIECES | st.text())
@example("https://a.example/\ud800")
@example("https://\u2100.example")
@example("t.me/joinchat/joinchat/x")
def test_any_text(text: str) -> None:
    """Whatever a user pastes has a form, and the form is its own form."""
    form = canonical_link(text)

    assert canonical_link(form) == form
    assert "\n" not in form
    assert canonical_target(text, text) is None or form


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((None, "NatGeo", None), (None, " @natgeo", None)),
        (("@NatGeo", None, None), (None, "natgeo", None)),
        ((None, "natgeo", "instagram"), (None, "https://www.instagram.com/NatGeo/", None)),
        (("@natgeo", None, "instagram"), ("instagram.com/natgeo", None, None)),
        ((None, "MrBeast", "youtube"), ("https://youtube.com/@mrbeast", None, None)),
        ((None, "@jack", "x"), (None, "https://twitter.com/jack", "x")),
        ((None, "spez", "reddit"), (None, "reddit.com/u/spez", None)),
        (("x.com/a/status/1", "@Jack", None), ("x.com/b/status/1", "https://x.com/jack", "x")),
        ((" ", None, None), (None, "\u200b", None)),
        ((None, "jack", "no network"), (None, "@Jack", None)),
    ],
)
def test_one_target_of_orders(
    first: tuple[str | None, str | None, str | None],
    second: tuple[str | None, str | None, str | None],
) -> None:
    """A user name is the address of its profile where the network is known."""
    assert canonical_target(*first) == canonical_target(*second)
