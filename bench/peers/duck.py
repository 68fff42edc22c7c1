"""DuckDB, inside this process: one table with enumerations, in the order of person and time."""

import os

import duckdb

import questions as ask

STAGE = "case {} else 0 end".format(
    " ".join(
        f"when event in ({ask.texts(events)}) then {index + 1}"
        for index, events in enumerate(ask.STAGES.values())
    )
)


class Engine:
    def __init__(self, parts, work, threads):
        os.makedirs(work, exist_ok=True)
        self.source = f"'{parts}/*.parquet'"
        self.db = duckdb.connect(f"{work}/bench.duckdb")
        self.db.execute(f"set threads = {threads}; set memory_limit = '12GB'")
        self.db.execute(f"set temp_directory = '{work}/spill'")
        self.version = f"DuckDB {duckdb.__version__}"
        self.tables = ["DuckDB tuned"]

    def load(self):
        for column, key in (("event", "event"), ("channel", "channel"), ("country", "p.country")):
            found = self.rows(f'select distinct "{key}" from {self.source} order by 1')
            values = [it[0] for it in found]
            if column == "event":
                self.events = values
            self.db.execute(f"create type {column}_name as enum ({ask.texts(values)})")
        self.db.execute(
            "create table events as select profile::uinteger as person, epoch_ms(time) as time, "
            "event::event_name as event, channel::channel_name as channel, "
            f'"p.country"::country_name as country from {self.source} order by person, time, event'
        )
        self.db.execute("checkpoint")
        first = self.rows("select min(time) from events")[0][0]
        self.first_week = (first + ask.MONDAY_MS) // ask.WEEK_MS

    def ask(self, table, report):
        """What to run, and what makes the answer of its rows."""
        sql, told = getattr(self, report)()
        return (lambda: self.rows(sql)), told

    def rows(self, sql):
        return self.db.execute(sql).fetchall()

    def funnel(self):
        # The latest entry that a step was reached from never falls with time, so the latest row of
        # the step before is the best one.
        among = f"country in ({ask.texts(ask.COUNTRIES)})"
        steps = [
            f"step_1 as (select person, time, time as entry, country from events "
            f"where event = '{ask.STEPS[0]}' and {among})"
        ]
        for index, step in enumerate(ask.STEPS[1:], 2):
            steps.append(
                f"step_{index} as (select it.person, it.time, before.entry, it.country "
                f"from (select person, time, country from events where event = '{step}' and {among}) it "
                f"asof join step_{index - 1} before "
                f"on it.person = before.person and it.time >= before.time "
                f"where it.time - before.entry <= {ask.WEEK_MS})"
            )
        counts = " union all ".join(
            f"select country, {index} as step, count(distinct person) from step_{index} group by country"
            for index in range(1, len(ask.STEPS) + 1)
        )
        told = lambda rows: {f"{country} {step}": count for country, step, count in rows}
        return f"with {', '.join(steps)} {counts}", told

    def paths(self):
        letter = lambda event: chr(65 + self.events.index(event))
        sql = f"""
            select path, count(*) as times from (
                select unnest(regexp_extract_all(way, '{ask.path_pattern(letter)}')) as path from (
                    select list_aggregate(
                        list(chr(65 + enum_code(event)::int) order by time, event), 'string_agg', '') as way
                    from events where person in (
                        select person from events where event = '{ask.PATH_FROM}'
                        intersect select person from events where event = '{ask.PATH_TO}')
                    group by person))
            where path[-1] = '{letter(ask.PATH_TO)}'
            group by path order by times desc limit {ask.PATHS_TOP}"""
        event = lambda letter: self.events[ord(letter) - 65]
        return sql, lambda rows: {">".join(map(event, path)): times for path, times in rows}

    def transitions(self):
        sql = """
            select before, event, count(*), quantile_disc(gap, 0.5) from (
                select event, person, lag(event) over w as before, time - lag(time) over w as gap,
                    lag(person) over w as person_before
                from events window w as (order by person, time, event))
            where person_before = person group by before, event"""

        def told(rows):
            found = {}
            for before, after, count, median in rows:
                found[f"{before}>{after}"] = count
                found[f"{before}>{after} median"] = median
            return found

        return sql, told

    def retention(self):
        week = f"((time + {ask.MONDAY_MS}) // {ask.WEEK_MS} - {self.first_week})::int"
        sql = f"""
            select start, later, count(*) filter (later = 0 or (weeks >> (start + later)) & 1 = 1)
            from (
                select min({week}) filter (event = '{ask.RETENTION_START}') as start,
                    bit_or(1::bigint << {week}) as weeks
                from events group by person having start is not null),
                range({ask.WEEKS}) as periods(later)
            group by start, later"""
        told = lambda rows: {f"week {it[0]} +{it[1]}": it[2] for it in rows if it[2] > 0}
        return sql, told

    def stages(self):
        silence = ask.SILENCE_MS
        sql = f"""
            with log as (select max(time) as log_end from events),
            ends as (
                select person, time as last from (
                    select person, time, lead(time) over w as next, lead(person) over w as person_next
                    from events window w as (order by person, time))
                where person_next is distinct from person or next - time > {silence}),
            entries as (
                select it.person, it.time, it.stage, ends.last
                from (select person, time, {STAGE} as stage from events where {STAGE} > 0) it
                asof join ends on it.person = ends.person and it.time <= ends.last),
            begins as (
                select * from entries window w as (order by person, time, stage)
                qualify lag(person) over w is distinct from person
                    or lag(stage) over w <> stage or lag(last) over w <> last),
            stays as (
                select stage, time, last, lead(stage) over w as stage_next, lead(time) over w as next,
                    case when lead(person) over w = person then lead(last) over w end as last_next
                from begins window w as (order by person, time, stage))
            select stage,
                case when last_next = last then stage_next
                    when log_end - last > {silence} then 0 else -1 end as ending,
                count(*),
                quantile_disc(case when last_next = last then next - time
                    when log_end - last > {silence} then last + {silence} - time
                    else log_end - time end, 0.5)
            from stays, log group by stage, ending"""
        names = list(ask.STAGES)
        told = lambda rows: {f"{names[it[0] - 1]}>{ask.ending(it[1])}": it[2] for it in rows}
        return sql, told

    def channels(self):
        sql = f"""
            with paths as (
                select list(touch.channel order by touch.time, touch.channel) as path
                from (select person, time, channel from events
                    where event in ({ask.texts(ask.TOUCHES)})) touch
                asof join (select person, time from events
                    where event = '{ask.CONVERSION}') conversion
                on touch.person = conversion.person and touch.time <= conversion.time
                where touch.time + {ask.WEEK_MS} >= conversion.time
                group by touch.person, conversion.time)
            select list_filter(path, lambda it, index: index = 1 or it <> path[index - 1]) as way,
                count(*) as times, count(*) over (), sum(count(*)) over ()
            from paths group by way order by times desc limit 100"""
        return sql, lambda rows: {"ways": rows[0][2], "conversions": int(rows[0][3])}
