"""The table of networks: which of their addresses are the same.

Where it is not certain that two addresses are one, the table says nothing and they stay two: a
duplicate that is missed costs a warning, two targets taken for one refuse an honest order.
"""

from typing import Final

from .network import Network

# Parameters that senders of mail, advertisers and browsers add on any site.
_TRACKING: Final = (
    "utm_* fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igsh igshid "
    "mc_cid mc_eid _ga _gl _hsenc _hsmi _branch_match_id _branch_referrer"
)

_VIDEO: Final = r"([\w-]{11})"

_PINTEREST_ENDS: Final = (
    r"at|ca|ch|cl|co\.kr|co\.uk|com|com\.au|com\.mx|de|dk|es|fr|ie|it|jp|nz|ph|pt|ru|se"
)

NETWORKS: Final = (
    Network(
        name="instagram",
        host="instagram.com",
        words="instagram|insta|ig",
        aliases=r"instagr\.am",
        users=r"/(?:stories/)?\w[\w.]*",
        tracking="hl ig_mid ig_rid",
        rewrites=(
            # A post, a reel and a video have one kind of code; the owner's name may precede it.
            (
                r"instagram\.com(?:/(?!stories/|s/)[\w.]+)?/(?:p|reels?|tv)/([\w-]{5,}(?:/.*)?)",
                r"instagram.com/p/\1",
            ),
        ),
        profile="/{}",
    ),
    Network(
        name="facebook",
        host="facebook.com",
        words="facebook|fb",
        aliases=r"(?:web|mbasic|touch|[a-z]{2}-[a-z]{2})\.facebook\.com|fb\.com",
        short_hosts=r"fb\.watch|fb\.me",
        users=r"/\w[\w.]*",
        tracking=(
            "mibextid rdid sfnsn extid wtsid paipv eav fref ref refid refsrc hc_ref hc_location "
            "__tn__ __cft__* __xts__* _rdr _rdc notif_id notif_t comment_tracking acontext"
        ),
        profile="/{}",
    ),
    Network(
        name="tiktok",
        host="tiktok.com",
        words="tik[ -]?tok",
        short_hosts=r"v[mt]\.tiktok\.com",
        users=r"/@\w[\w.]*",
        tracking=(
            "_t _r _d is_from_webapp is_copy_url sender_device sender_web_id web_id share_app_id "
            "share_link_id social_share_type tt_from u_code timestamp refer referer_url "
            "referer_video_id embed_source ug_btm ugbiz_name enter_method preview_pb checksum"
        ),
        rewrites=(
            # The number is the video, whoever's name precedes it.
            (r"tiktok\.com/@[\w.]*/video/(\d+)", r"tiktok.com/video/\1"),
            (
                r"tiktok\.com/(?:embed(?:/v2)?|player/v1|share/video|v)/(\d+)(?:\.html)?",
                r"tiktok.com/video/\1",
            ),
        ),
        profile="/@{}",
    ),
    Network(
        name="youtube",
        host="youtube.com",
        words="youtube|yt",
        aliases=r"music\.youtube\.com|youtube-nocookie\.com",
        short_hosts=r"youtu\.be",
        # A name without @, c/ or user/ before it is not told from an id.
        users=r"/@\w[\w.-]*|/(?:c|user)/\w[\w.-]*",
        # A time inside a video is no other video: both orders are delivered to the same one.
        tracking=(
            "si feature pp ab_channel app t start time_continue index start_radio "
            "source_ve_path embeds_*"
        ),
        rewrites=(
            (rf"youtu\.be/{_VIDEO}", r"youtube.com/watch?v=\1"),
            (
                rf"youtube\.com/(?:shorts|live|embed|watch|v|e)/{_VIDEO}",
                r"youtube.com/watch?v=\1",
            ),
        ),
        profile="/@{}",
    ),
    Network(
        name="x",
        host="x.com",
        words="twitter",
        aliases=r"twitter\.com",
        users=r"/\w{1,15}",
        tracking="s t ref_src ref_url cxt",
        rewrites=(
            # The number is the post, whoever's name precedes it.
            (
                r"x\.com/(?:i/web|\w{1,15})/status(?:es)?/(\d+)((?:/.*)?)",
                r"x.com/i/status/\1\2",
            ),
        ),
        profile="/{}",
    ),
    Network(
        name="telegram",
        host="t.me",
        words="telegram|tg",
        aliases=r"telegram\.(?:me|dog)",
        short_hosts=r"[a-z]\w{3,31}\.t\.me",
        # Not what begins with + or $: invitations and invoices, in which case counts.
        users=r"/(?:s/)?[a-z]\w{3,31}",
        rewrites=(
            (r"([a-z]\w{3,31})\.t\.me((?:/.*)?)", r"t.me/\1\2"),
            (r"t\.me/s/([a-z]\w{3,31}(?:/.*)?)", r"t.me/\1"),
            (r"t\.me/joinchat/([\w-]+)", r"t.me/+\1"),
        ),
        profile="/{}",
    ),
    Network(name="telegram web", host="web.telegram.org", keeps_fragment=True),
    Network(
        name="threads",
        host="threads.com",
        words="threads",
        aliases=r"threads\.net",
        users=r"/@\w[\w.]*",
        tracking="xmt slof",
        rewrites=((r"threads\.com/(?:@[\w.]+/post|t)/([\w-]+)((?:/.*)?)", r"threads.com/t/\1\2"),),
        profile="/@{}",
    ),
    Network(
        name="linkedin",
        host="linkedin.com",
        words="linkedin",
        aliases=r"[a-z]{2}\.linkedin\.com",
        users=r"/(?:in|company|school|showcase)/[\w-]+",
        tracking=("trk trackingid lipi midtoken midsig trkemail rcm originalsubdomain lici refid"),
    ),
    Network(
        name="pinterest",
        host="pinterest.com",
        words="pinterest",
        aliases=rf"(?:[a-z]{{2}}\.)?pinterest\.(?:{_PINTEREST_ENDS})",
        users=r"/\w+",
        tracking="invite_code sender sfo nic nic_v1 nic_v2 nic_v3",
        profile="/{}",
    ),
    Network(
        name="reddit",
        host="reddit.com",
        words="reddit",
        aliases=r"(?:old|new|np|amp|sh)\.reddit\.com",
        short_hosts=r"redd\.it",
        users=r"/(?:r|u|user)/[\w-]+",
        tracking="share_id rdt ref ref_source correlation_id $deep_link",
        rewrites=(
            (r"redd\.it/(\w+)", r"reddit.com/comments/\1"),
            (r"reddit\.com/u/([\w-]+(?:/.*)?)", r"reddit.com/user/\1"),
            # The id is the post, whatever forum and title it is shown with; a comment follows.
            (
                r"reddit\.com/(?:(?:r|user)/[^/]+/)?comments/(\w+)/[^/]*/(\w+)",
                r"reddit.com/comments/\1/comment/\2",
            ),
            (
                r"reddit\.com/(?:(?:r|user)/[^/]+/)?comments/(\w+)(?:/[^/]*)?",
                r"reddit.com/comments/\1",
            ),
        ),
        profile="/user/{}",
    ),
    Network(
        name="twitch",
        host="twitch.tv",
        words="twitch",
        short_hosts=r"clips\.twitch\.tv",
        users=r"/\w+",
        tracking="sr tt_medium tt_content t",
        rewrites=((r"(?:clips\.twitch\.tv|twitch\.tv/\w+/clip)/([\w-]+)", r"twitch.tv/clip/\1"),),
        profile="/{}",
    ),
    Network(name="kick", host="kick.com", words="kick", users=r"/[\w-]+", profile="/{}"),
    Network(
        name="spotify",
        host="open.spotify.com",
        words="spotify",
        aliases=r"play\.spotify\.com",
        users=r"/user/\w[\w.]*",
        tracking="si nd dlsi pi",
        rewrites=(
            (
                r"open\.spotify\.com/(?:(?:intl-[a-z-]+|embed)/)+(.+)",
                r"open.spotify.com/\1",
            ),
            (r"open\.spotify\.com/user/[^/]+/(playlist/\w+)", r"open.spotify.com/\1"),
        ),
        profile="/user/{}",
    ),
    Network(
        name="soundcloud",
        host="soundcloud.com",
        words="soundcloud",
        users=r"/[\w-]+",
        tracking="si ref",
        profile="/{}",
    ),
    Network(
        name="discord",
        host="discord.com",
        words="discord",
        aliases=r"discordapp\.com|(?:canary|ptb)\.discord\.com",
        short_hosts=r"discord\.gg",
        rewrites=((r"discord\.gg/(?:invite/)?([\w-]+)", r"discord.com/invite/\1"),),
    ),
    Network(
        name="vk",
        host="vk.com",
        words="vk|vkontakte",
        aliases=r"vk\.ru",
        users=r"/\w[\w.]*",
        tracking="trackcode",
        keeps_fragment=True,  # it selects what an app shows
        profile="/{}",
    ),
    Network(
        name="snapchat",
        host="snapchat.com",
        words="snapchat",
        users=r"/(?:add/|@)\w[\w.-]*",
        tracking="share_id locale sc_referrer sc_ua",
        rewrites=((r"snapchat\.com/add/([\w.-]+)", r"snapchat.com/@\1"),),
        profile="/@{}",
    ),
)

OTHER_SITE: Final = Network(name="", host="", tracking=_TRACKING)
"""The rules of every host that is no network's."""

_BY_NAME: Final = {network.name: network for network in NETWORKS}


def network_of(host: str) -> Network:
    """Return the network of a host that is without `www.`, `m.` and `mobile.`."""
    for network in NETWORKS:
        if network.has_host(host) or network.has_short_host(host):
            return network
    return OTHER_SITE


def find_network(name: str | None) -> Network:
    """Return the network of a name, as `network_named` returns it."""
    return _BY_NAME.get(name or "", OTHER_SITE)


def network_named(text: str) -> str | None:
    """Return the name of the network that a service's name and category speak of.

    None if they name none, or several.
    """
    names = [network.name for network in NETWORKS if network.is_named_in(text)]
    return names[0] if len(names) == 1 else None
