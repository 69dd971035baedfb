#!/usr/bin/env python3
"""The data of Quick Photos as JSON lines: made from a seed, or the lab's own where it is present.

    items.py [SEED] > items.jsonl

20 users, 200 photos, 584 reactions and 163 friendships: 967 items, 100 partition keys, 240 sort
keys. Every user has photos, follows somebody, is followed, and has used every type of reaction, at
most once a photo and never on their own; the numbers inside users and photos are those of the
friendships and reactions. All names are invented.
"""
import datetime
import json
import os
import random
import sys

USERS, PHOTOS, REACTIONS, FRIENDSHIPS = 20, 200, 584, 163
REACTION_TYPES = ("+1", "smiley", "sunglasses", "heart")
FIRST_NAMES = ("ada", "bela", "cem", "dora", "emre", "finn", "gül", "hana", "ines", "jon", "kaya",
               "lea", "mio", "nora", "oki", "pia", "quin", "rosa", "sven", "tula")
TOWNS = ("Ostmere", "Quellbach", "Nyborough", "São Vento", "Larkhaven")
INTERESTS = ("rivers", "trams", "owls", "maps", "bread", "snow", "kites", "chess")
STATUSES = ("Looking up.", "More light!", "One more photo…", "Gone fishing 🎣", "Out of film.")
FIRST_DAY = datetime.datetime(2024, 1, 1)
LAB_PLACES = ("../shared/data/quick-photos/items.jsonl",
              "../../shared/data/quick-photos/items.jsonl")


def timestamp(rng, since=FIRST_DAY):
    moment = since + datetime.timedelta(seconds=rng.randrange(365 * 24 * 3600))
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def make_users(rng):
    for first in FIRST_NAMES:
        name = f"{first}{rng.randrange(10, 100)}"
        yield {"PK": f"USER#{name}", "SK": f"#METADATA#{name}", "username": name,
               "name": first.capitalize(), "email": f"{name}@example.com",
               "birthdate": timestamp(rng, datetime.datetime(1990, 1, 1))[:10],
               "address": f"{rng.randrange(1, 99)} High Street\n{rng.choice(TOWNS)}",
               "status": rng.choice(STATUSES), "interests": rng.sample(INTERESTS, 3),
               "followers": 0, "following": 0}


def make_photos(rng, users):
    """200 photos, 4 or more of each user, and which of theirs each user has pinned."""
    owners = [user for user in users for _ in range(4)]
    owners += rng.choices(users, k=PHOTOS - len(owners))
    photos = {}
    for user in owners:
        name = user["username"]
        key = None
        while key is None or key in photos:
            moment = timestamp(rng)
            key = f"PHOTO#{name}#{moment}"
        photos[key] = {"PK": user["PK"], "SK": key, "username": name, "timestamp": moment,
                       "location": rng.choice(TOWNS), "reactions": dict.fromkeys(REACTION_TYPES, 0)}
        user["pinnedImage"] = key
    return list(photos.values())


def make_friendships(rng, users):
    """163 pairs; first a circle, so that everybody follows and is followed."""
    circle = rng.sample(users, len(users))
    pairs = [(circle[i - 1], circle[i]) for i in range(len(circle))]
    others = [(a, b) for a in users for b in users if a is not b and (a, b) not in pairs]
    for followed, follower in pairs + rng.sample(others, FRIENDSHIPS - len(pairs)):
        followed["followers"] += 1
        follower["following"] += 1
        yield {"PK": followed["PK"], "SK": f"#FRIEND#{follower['username']}",
               "followedUser": followed["username"], "followingUser": follower["username"],
               "timestamp": timestamp(rng)}


def make_reactions(rng, users, photos):
    """584 reactions: each user's first four are one of each type, then whatever comes."""
    weights = [rng.randrange(1, 10) for _ in photos]
    turns = [(user, kind) for user in users for kind in REACTION_TYPES]
    turns += [(rng.choice(users), rng.choice(REACTION_TYPES))
              for _ in range(REACTIONS - len(turns))]
    done = set()
    for user, kind in turns:
        photo = None
        while photo is None or photo["PK"] == user["PK"] or (user["PK"], photo["SK"]) in done:
            [photo] = rng.choices(photos, weights)
        done.add((user["PK"], photo["SK"]))
        photo["reactions"][kind] += 1
        yield {"PK": f"REACTION#{user['username']}#{kind}", "SK": photo["SK"],
               "reactingUser": user["username"], "photo": photo["SK"], "reactionType": kind,
               "timestamp": timestamp(rng)}


def generate(seed):
    """All items, in an order that is none of the table's."""
    rng = random.Random(seed)
    users = list(make_users(rng))
    photos = make_photos(rng, users)
    items = [*users, *photos, *make_friendships(rng, users), *make_reactions(rng, users, photos)]
    assert len(items) == USERS + PHOTOS + REACTIONS + FRIENDSHIPS == 967
    assert len({(item["PK"], item["SK"]) for item in items}) == len(items)
    assert len({item["PK"] for item in items}) == USERS + USERS * len(REACTION_TYPES) == 100
    assert len({item["SK"] for item in items}) == USERS + PHOTOS + USERS == 240
    rng.shuffle(items)
    return items


def files(work, root):
    """What an application is to be run on: ["PATH"] of made items, written to the folder work, and
    ["PATH", "--lab"] of the lab's, if POCKETABLE_QUICK_PHOTOS_ITEMS names them or they lie beside
    the repository root."""
    seed = int(os.environ.get("POCKETABLE_SEED", "1"))
    path = os.path.join(work, "items.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(item) + "\n" for item in generate(seed))
    print(f"Quick Photos on items made from seed {seed} (POCKETABLE_SEED)", flush=True)
    yield [path]
    places = [os.path.join(root, place) for place in LAB_PLACES]
    if "POCKETABLE_QUICK_PHOTOS_ITEMS" in os.environ:
        places = [os.environ["POCKETABLE_QUICK_PHOTOS_ITEMS"]]
    for place in places:
        if os.path.exists(place):
            print("\nQuick Photos on the lab's own items", flush=True)
            yield [place, "--lab"]
            return


if __name__ == "__main__":
    for each in generate(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
        print(json.dumps(each))
