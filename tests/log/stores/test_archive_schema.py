"""Each field has one type in the files, whoever reads them."""

import duckdb
import pytest

from cqrs_lab.log.stores.archive import write_archive
from cqrs_lab.log.stores.archive_schema import as_written, columns_of, data_of, identifier, literal, type_of
from tests.log.stores.archived import KINDS, Clash, Leg, Nothing, Odd, of_every_kind

LEG = 'STRUCT(depot VARCHAR, "hours" DOUBLE, left_at TIMESTAMP)'
TYPES = {
    "position": "BIGINT", "stream": "VARCHAR", "version": "BIGINT", "recorded_at": "DOUBLE",
    "text": "VARCHAR", "whole": "BIGINT", "part": "DOUBLE", "yes": "BOOLEAN", "at": "TIMESTAMP", "day": "DATE",
    "colour": "VARCHAR", "kind": "VARCHAR", "legs": f"{LEG}[]", "notes": "VARCHAR[]", "maybe_text": "VARCHAR",
    "maybe_whole": "BIGINT", "maybe_part": "DOUBLE", "maybe_yes": "BOOLEAN", "maybe_at": "TIMESTAMP",
}  # fmt: skip


def test_columns_have_the_types_of_the_annotations_also_where_every_value_is_missing(tmp_path):
    write_archive(of_every_kind(), tmp_path, KINDS, partitions=7, stretch_events=1)
    files = list(tmp_path.glob("events/sent.1/*/*.parquet"))
    assert len(files) == 3
    for file in files:
        found = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet({literal(str(file))})").fetchall()
        assert {name: kind for name, kind, *_ in found} == TYPES


def test_every_file_of_a_data_set_has_one_schema_and_any_column_may_lack_a_value(tmp_path):
    write_archive(of_every_kind(), tmp_path, KINDS, partitions=1, stretch_events=1)
    for data in ("log", "events/sent.1"):
        schema = "list((name, type, repetition_type, converted_type))"
        found = duckdb.sql(
            f"SELECT file_name, {schema} FROM parquet_schema('{tmp_path}/{data}/*/*') GROUP BY 1"
        ).fetchall()
        assert len(found) > 2 and all(columns == found[0][1] for _, columns in found)
        assert "REQUIRED" not in {repeated for _, _, repeated, _ in found[0][1][1:]}


def test_what_has_no_type_of_its_own_stands_as_json_has_it(tmp_path):
    write_archive(of_every_kind(), tmp_path, KINDS)
    row = duckdb.sql(f"SELECT * FROM read_parquet('{tmp_path}/events/odd%2Fone.1/*/*')").fetchall()[0]
    assert row[4:8] == ("1.10", "00000000-0000-0000-0000-000000000007", "01:00:00", "P1D")
    assert row[8:12] == (1, '["a","b"]', '[1,"b"]', "AA==")
    assert (row[12]["hours"], row[13]) == (0.1, [[1, 2], []])


@pytest.mark.parametrize("name", ["order-placed", "Über/weg.", "..", 'a"b', "a%2Fb", "p?*["])
def test_a_data_set_has_a_name_that_any_folder_may_have(name):
    data = data_of(name, 3)
    assert type_of(data) == (name, 3) and not set(data) & set('/\\:*?"<>|[]') and data.strip(".")


def test_names_that_differ_in_case_alone_have_no_columns():
    assert columns_of(Clash) is None and columns_of(Nothing) == {}
    assert as_written(columns_of(Odd)["leg"]) == as_written(columns_of(Leg))


def test_texts_are_quoted():
    assert (identifier('a"b'), literal("it's")) == ('"a""b"', "'it''s'")
