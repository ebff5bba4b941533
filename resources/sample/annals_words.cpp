#include "resources/sample/annals_words.h"

namespace lectern::annals {

namespace {

constexpr const char* kSeason[] = {"spring", "early spring", "summer", "high summer",
                                   "autumn", "late autumn",  "winter", "deep winter"};
constexpr const char* kMonth[] = {"Thawing",   "Seedfall",  "Lambtide",    "Greenbough",
                                  "Longday",   "Haymaking", "Amberweek",   "Reaping",
                                  "Ciderfall", "Leafdrop",  "Candlemonth", "Hardfrost"};
constexpr const char* kCraft[] = {"bell founding", "bookbinding",   "glass blowing", "map drawing",
                                  "stone cutting", "clock making",  "bee keeping",   "rope laying",
                                  "dyeing",        "harp building", "lens grinding", "bridge building",
                                  "salt boiling",  "herb lore",     "shipwrighting", "letter cutting"};
constexpr const char* kTrade[] = {
    "bell founder", "bookbinder", "glass blower", "map drawer",   "mason",        "clock maker",
    "beekeeper",    "rope maker", "dyer",         "harp builder", "lens grinder", "ferry keeper",
    "salt boiler",  "herbalist",  "shipwright",   "miller",       "chandler",     "schoolteacher",
    "tanner",       "weaver",     "notary",       "innkeeper",    "falconer",     "potter"};
constexpr const char* kGood[] = {"salt",      "wool",   "honey",      "blue dye",   "amber", "tin",
                                 "dried cod", "barley", "candle wax", "walnut oil", "paper", "flax",
                                 "cheese",    "slate",  "oak bark",   "hops"};
constexpr const char* kBird[] = {"herons", "swifts",    "rooks",   "cranes", "storks",   "geese",
                                 "owls",   "starlings", "plovers", "swans",  "kestrels", "jackdaws"};
constexpr const char* kBeast[] = {"grey mule",       "white goat",  "three-legged dog", "blind mare",
                                  "tame otter",      "brindled ox", "old ram",          "one-eyed cat",
                                  "talking jackdaw", "lame donkey"};
constexpr const char* kTree[] = {"walnut tree",   "yew",   "split oak", "mulberry tree", "row of limes",
                                 "old pear tree", "rowan", "cedar",     "hornbeam",      "two birches"};
constexpr const char* kOffice[] = {"Keeper of the Seals",
                                   "Warden of the Fords",
                                   "Master of the Granaries",
                                   "Reader of the Tides",
                                   "Steward of the Northern Roads",
                                   "Justice of the Three Valleys",
                                   "Chancellor of the Lamp",
                                   "Bailiff of the Salt Pans",
                                   "Marshal of the Couriers",
                                   "Keeper of the Queen's Orchards",
                                   "Surveyor of Walls",
                                   "Clerk of the Hidden Rolls",
                                   "Provost of the Dry Docks",
                                   "Almoner of the Crown",
                                   "Warden of the Beacons",
                                   "Speaker for the Hill Towns"};
constexpr const char* kColor[] = {"white", "red",    "grey",   "green",  "blue",
                                  "black", "golden", "silver", "copper", "pale"};
constexpr const char* kOmen[] = {"two moons were seen over the hills",
                                 "a star with a tail stood in the west for nine nights",
                                 "the frogs fell silent for a week",
                                 "bees swarmed in the council hall",
                                 "the sea drew back farther than anyone living had seen",
                                 "a calf was born with a mark like a key on its brow",
                                 "snow fell on the hay",
                                 "every clock in the capital stopped in the same hour",
                                 "the old bell rang with no hand on the rope",
                                 "the wells tasted of iron until the new moon"};
constexpr const char* kWord[] = {
    "lantern", "thimble", "harrow", "bramble", "pewter", "sorrel", "anchor", "juniper", "ladder",  "marrow",
    "needle",  "quarry",  "saddle", "tallow",  "velvet", "willow", "basket", "cinder",  "feather", "gravel",
    "hazel",   "ivory",   "kettle", "lichen",  "mortar", "oyster", "pebble", "russet",  "spindle", "turnip"};
constexpr const char* kBell[] = {"Old Patience",
                                 "the Widow",
                                 "Gray Margit",
                                 "Long Tom of the Fog",
                                 "the Tongueless",
                                 "Mother Thunder",
                                 "the Little Bishop",
                                 "Sour Apple",
                                 "the Late Riser",
                                 "Sweet Anchor",
                                 "Broken Crown",
                                 "the Honest Thief",
                                 "Salt Alma",
                                 "the Nine O'Clock",
                                 "Winter's Daughter",
                                 "the Cracked Cup",
                                 "Brother Brass",
                                 "Her Second Husband",
                                 "the Ox",
                                 "Far Caller"};
constexpr const char* kWeather[] = {
    "mild and wet",       "dry as a bone",     "windy beyond all memory",
    "kind to the barley", "cruel to the bees", "so cold that ink froze in the wells",
    "bright and quiet",   "full of fog",       "early and generous",
    "late and thin",      "thick with thunder"};

struct NamedList {
    std::string_view name;
    std::span<const char* const> words;
};

constexpr NamedList kLists[] = {
    {"season", kSeason}, {"month", kMonth}, {"craft", kCraft}, {"trade", kTrade},     {"good", kGood},
    {"bird", kBird},     {"beast", kBeast}, {"tree", kTree},   {"office", kOffice},   {"color", kColor},
    {"omen", kOmen},     {"word", kWord},   {"bell", kBell},   {"weather", kWeather},
};

} // namespace

std::span<const char* const> wordList(std::string_view name)
{
    for (const NamedList& list : kLists) {
        if (list.name == name)
            return list.words;
    }
    return {};
}

} // namespace lectern::annals
