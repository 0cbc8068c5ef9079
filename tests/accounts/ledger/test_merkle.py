from hashlib import sha256

import pytest

from accounts.ledger.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(bytes([i])) for i in range(64)]

# The eight inputs and roots published with the Certificate Transparency reference code.
CT_INPUTS = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    bytes(range(0x60, 0x70)),
]
CT_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def naive_root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


@pytest.mark.parametrize(("size", "expected"), CT_ROOTS.items())
def test_the_root_is_the_published_one(size: int, expected: str) -> None:
    leaves = [leaf_hash(entry) for entry in CT_INPUTS[:size]]

    assert root_of(leaves).hex() == expected


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == sha256(b"").digest()


def test_a_grown_tree_has_the_root_of_the_recursive_definition() -> None:
    tree = Tree()

    for size, leaf in enumerate(LEAVES, start=1):
        tree.append(leaf)
        tree = Tree.from_bytes(size, tree.frontier_bytes())

        assert tree.root() == naive_root(LEAVES[:size])


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="complete subtrees"):
        Tree(3, [LEAVES[0]])


def test_every_inclusion_proof_verifies_and_no_other_leaf_does() -> None:
    for size in range(1, 65):
        root = root_of(LEAVES[:size])
        for index in range(size):
            proof = inclusion_proof(LEAVES[:size], index)

            assert verify_inclusion(LEAVES[index], index=index, size=size, proof=proof, root=root)
            wrong = LEAVES[(index + 1) % 64]
            assert not verify_inclusion(wrong, index=index, size=size, proof=proof, root=root)
            assert not verify_inclusion(
                LEAVES[index], index=index, size=size, proof=[*proof, root], root=root
            )


def test_an_index_outside_the_tree_has_no_proof() -> None:
    with pytest.raises(IndexError, match="not in a tree"):
        inclusion_proof(LEAVES, 64)
    assert not verify_inclusion(LEAVES[0], index=1, size=1, proof=[], root=LEAVES[0])


def test_every_consistency_proof_verifies_and_a_changed_history_does_not() -> None:
    for size in range(1, 65):
        root = root_of(LEAVES[:size])
        for old in range(1, size + 1):
            proof = consistency_proof(LEAVES[:size], old)
            old_root = root_of(LEAVES[:old])
            forged = root_of([*LEAVES[: old - 1], leaf_hash(b"forged")])

            assert verify_consistency(
                old_size=old, old_root=old_root, size=size, root=root, proof=proof
            )
            assert not verify_consistency(
                old_size=old, old_root=forged, size=size, root=root, proof=proof
            )
            assert not verify_consistency(
                old_size=old, old_root=old_root, size=size, root=root, proof=[*proof, root]
            )


def test_an_older_size_outside_the_tree_has_no_proof() -> None:
    with pytest.raises(IndexError, match="no earlier size"):
        consistency_proof(LEAVES, 65)
    assert not verify_consistency(old_size=3, old_root=b"", size=2, root=b"", proof=[b""])
