"""ClickHouse, inside this process (chdb): a tuned table and a plain one."""

import os
import resource

from chdb import session

import questions as ask

VERSION = "select version()"
TABLES = {
    # Names are enumerations of one byte, and times are whole milliseconds, close to each other.
    "ClickHouse tuned": {
        "name": "tuned",
        "time": "time",
        "columns": "person UInt32, time UInt64 codec(Delta, LZ4), event {event}, "
        "channel {channel}, country {country}",
        "select": "profile, toUnixTimestamp64Milli(time), event, channel, `p.country`",
    },
    "ClickHouse plain": {
        "name": "plain",
        "time": "toUInt64(toUnixTimestamp64Milli(time))",
        "columns": "person UInt32, time DateTime64(3, 'UTC'), event String, channel String, "
        "country String",
        "select": "profile, time, event, channel, `p.country`",
    },
}
# A query that reads in the order of the key can group people one after the other.
IN_ORDER = {"optimize_aggregation_in_order": 1}


class Engine:
    def __init__(self, parts, work, threads):
        self.source = f"file('{parts}/*.parquet', Parquet)"
        self.settings = {"max_threads": threads, "max_memory_usage": 12 << 30}
        os.makedirs(work, exist_ok=True)
        self.session = session.Session(work)
        self.version = f"ClickHouse {self.rows(VERSION)[0][0]}"
        self.tables = list(TABLES)

    def load(self):
        """Makes the tables, each of one merged part in the order of its key."""
        names = {
            column: [it[0] for it in self.rows(f"select distinct `{key}` from {self.source}")]
            for column, key in (("event", "event"), ("channel", "channel"), ("country", "p.country"))
        }
        self.events = sorted(names["event"])
        enums = {column: enumeration(sorted(values)) for column, values in names.items()}
        self.session.query("create database if not exists bench")
        for table in TABLES.values():
            name, columns = table["name"], table["columns"].format(**enums)
            self.session.query(f"drop table if exists bench.{name}")
            self.session.query(
                f"create table bench.{name} ({columns}) engine = MergeTree order by (person, time)"
            )
            self.session.query(
                f"insert into bench.{name} select {table['select']} from {self.source} "
                "settings max_threads = 2, max_memory_usage = 12000000000"
            )
            self.session.query(f"optimize table bench.{name} final")
        first = self.rows("select min(time) from bench.tuned")[0][0]
        self.first_week = (int(first) + ask.MONDAY_MS) // ask.WEEK_MS

    def ask(self, table, report):
        """What to run, and what makes the answer of its rows."""
        table = TABLES[table]
        sql, settings, told = getattr(self, report)(table, f"bench.{table['name']}")
        return (lambda: self.rows(sql, settings)), told

    def rows(self, sql, settings=None):
        every = {**getattr(self, "settings", {}), **(settings or {})}
        given = ", ".join(f"{name} = {value}" for name, value in every.items())
        text = self.session.query(f"{sql} settings {given}", "TSV").data()
        return [line.split("\t") for line in text.splitlines()]

    def funnel(self, table, source):
        conditions = ", ".join(f"event = '{step}'" for step in ask.STEPS)
        sql = f"""
            select label, level, count() from (
                select any(country) as label,
                    windowFunnel({ask.WEEK_MS})({table['time']}, {conditions}) as level
                from {source}
                where event in ({ask.texts(ask.STEPS)}) and country in ({ask.texts(ask.COUNTRIES)})
                group by person)
            where level > 0 group by label, level"""
        told = lambda rows: ask.levels((it[0], int(it[1]), int(it[2])) for it in rows)
        return sql, IN_ORDER, told

    def paths(self, table, source):
        letter = lambda event: chr(65 + self.events.index(event))
        code = f"indexOf([{ask.texts(self.events)}], event)" if table["name"] == "plain" else "toUInt8(event)"
        sql = f"""
            select path, count() as times from (
                select arrayJoin(extractAll(way, '{escaped(ask.path_pattern(letter))}')) as path from (
                    select arrayStringConcat(arrayMap(
                        it -> char(it.2 + 64), arraySort(groupArray((time, {code}))))) as way
                    from {source}
                    where person in (select person from {source} where event = '{ask.PATH_TO}')
                        and person in (select person from {source} where event = '{ask.PATH_FROM}')
                    group by person))
            where endsWith(path, '{escaped(letter(ask.PATH_TO))}')
            group by path order by times desc limit {ask.PATHS_TOP}"""
        event = lambda letter: self.events[ord(letter) - 65]
        told = lambda rows: {">".join(map(event, unescaped(path))): int(times) for path, times in rows}
        return sql, {}, told

    def transitions(self, table, source):
        sql = f"""
            select it.1, it.2, count(), quantileExactLow(0.5)(it.3) from (
                select arrayJoin(arrayZip(
                    arrayPopBack(events), arrayPopFront(events),
                    arrayPopFront(arrayDifference(times)))) as it
                from (
                    select groupArray({table['time']}) as times, groupArray(event) as events
                    from (select person, time, event from {source} order by person, time, event)
                    group by person))
            group by it.1, it.2"""
        return sql, IN_ORDER, pairs

    def retention(self, table, source):
        week = f"toUInt8(intDiv({table['time']} + {ask.MONDAY_MS}, {ask.WEEK_MS}) - {self.first_week})"
        sql = f"""
            select start, later, countIf(later = 0 or bitTest(weeks, later)) from (
                select toUInt8(minIf(week, event = '{ask.RETENTION_START}')) as start,
                    bitShiftRight(groupBitOr(bitShiftLeft(toUInt32(1), week)), start) as weeks
                from (select person, event, {week} as week from {source})
                group by person having countIf(event = '{ask.RETENTION_START}') > 0)
            array join range({ask.WEEKS}) as later group by start, later"""
        told = lambda rows: {
            f"week {start} +{later}": int(count) for start, later, count in rows if int(count) > 0
        }
        return sql, IN_ORDER, told

    def stages(self, table, source):
        number = ", ".join(
            f"event in ({ask.texts(events)}), {index + 1}"
            for index, events in enumerate(ask.STAGES.values())
        )
        silence = ask.SILENCE_MS
        last = "if(end - last > {0}, {1}, {2})"
        sql = f"""
            with (select max({table['time']}) from {source}) as end
            select stay.1, stay.2, count(), quantileExactLow(0.5)(stay.3) from (
                select
                    arrayMap(gap -> gap > {silence}, arrayDifference(times)) as is_new,
                    arrayReverseFill((time, is_last) -> is_last, times,
                        arrayPushBack(arrayPopFront(is_new), 1)) as lasts,
                    arrayFilter((it, stage) -> stage > 0, times, stages) as times_1,
                    arrayFilter(stage -> stage > 0, stages) as stages_1,
                    arrayFilter((it, stage) -> stage > 0, lasts, stages) as lasts_1,
                    arrayMap((stage, last, stage_before, last_before) ->
                        stage != stage_before or last != last_before, stages_1, lasts_1,
                        arrayPushFront(arrayPopBack(stages_1), 0),
                        arrayPushFront(arrayPopBack(lasts_1), 0)) as is_begin,
                    arrayFilter((it, is) -> is, times_1, is_begin) as times_2,
                    arrayFilter((it, is) -> is, stages_1, is_begin) as stages_2,
                    arrayFilter((it, is) -> is, lasts_1, is_begin) as lasts_2,
                    arrayJoin(arrayMap((time, stage, last, time_next, stage_next, last_next) -> (
                        stage,
                        if(last_next = last, toInt16(stage_next), {last.format(silence, 0, -1)}),
                        if(last_next = last, time_next - time,
                            {last.format(silence, f'last + {silence} - time', 'end - time')})),
                        times_2, stages_2, lasts_2,
                        arrayPushBack(arrayPopFront(times_2), 0),
                        arrayPushBack(arrayPopFront(stages_2), 0),
                        arrayPushBack(arrayPopFront(lasts_2), 0))) as stay
                from (
                    select groupArray(at) as times, groupArray(stage) as stages from (
                        select person, {table['time']} as at, toUInt8(multiIf({number}, 0)) as stage
                        from {source} order by person, time, event)
                    group by person having max(stage) > 0))
            group by stay.1, stay.2"""
        return sql, IN_ORDER, stays

    def channels(self, table, source):
        at = table["time"]
        sql = f"""
            select path, count() as times, count() over (), sum(count()) over () from (
                select arrayCompact(arraySort(groupArray((touch.at, touch.channel))).2) as path
                from (select person, {at} as at, channel from {source}
                    where event in ({ask.texts(ask.TOUCHES)})) as touch
                asof join (select person, {at} as at from {source}
                    where event = '{ask.CONVERSION}') as conversion
                on touch.person = conversion.person and touch.at <= conversion.at
                where touch.at + {ask.WEEK_MS} >= conversion.at
                group by touch.person, conversion.at)
            group by path order by times desc limit 100"""
        told = lambda rows: {"ways": int(rows[0][2]), "conversions": int(rows[0][3])}
        return sql, {}, told


def enumeration(values):
    return "Enum8(" + ", ".join(f"'{it}' = {index + 1}" for index, it in enumerate(values)) + ")"


def escaped(text):
    return text.replace("\\", "\\\\").replace("'", "\\'")


def unescaped(text):
    return text.replace("\\'", "'").replace("\\\\", "\\")


def pairs(rows):
    """Counts and medians of pairs."""
    told = {}
    for before, after, count, median in rows:
        told[f"{before}>{after}"] = int(count)
        told[f"{before}>{after} median"] = int(median)
    return told


def stays(rows):
    names = list(ask.STAGES)
    return {
        f"{names[int(stage) - 1]}>{ask.ending(int(end))}": int(count)
        for stage, end, count, _ in rows
    }
