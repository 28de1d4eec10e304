# SPDX-License-Identifier: GPL-3.0-or-later
"""The peers: each makes an index of the same notes in a folder of its own and answers the same queries, ten ids a page.

A peer that runs in a process of its own is started on that folder and ended with `close`; what it needs from Debian is
named by `needs`. `search` is None for a class that the peer has no way of answering.
"""
import importlib.util
import json
import os
import pathlib
import pwd
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.parse
import http.client
import zlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
JARS = ("lucene-core", "lucene-analyzers-common")


def has_module(name):
    return importlib.util.find_spec(name) is not None


def plain(text):
    """Words between blanks, for engines whose tokenizers know fewer letters than ours."""
    return "".join(letter if letter.isalnum() else " " for letter in text.lower())


def quoted(words, between):
    return between.join(f'"{word}"' for word in words)


class Engine:
    def __init__(self, folder):
        self.folder = folder

    @classmethod
    def needs(cls):
        return None

    def close(self):
        pass


class Fts5(Engine):
    """SQLite's FTS5; English stems only."""

    def make(self, rows):
        base = sqlite3.connect(self.folder / "fts5.db")
        base.execute("create virtual table notes using fts5(text, client unindexed, tokenize='porter unicode61')")
        count = 0
        for count, client, at, text, russian in rows:
            base.execute("insert into notes (rowid, text, client) values (?, ?, ?)", (count, text, client))
        base.execute("insert into notes (notes) values ('optimize')")
        base.commit()
        return count

    def open(self):
        self.base = sqlite3.connect(self.folder / "fts5.db")
        self.base.execute("pragma mmap_size=8000000000")

    def search(self, kind, client, words):
        if kind == "newest":
            return None  # needs a date in the index
        match = (f'"{words[0]}"*' if kind.startswith("prefix") else f'"{" ".join(words)}"' if kind == "phrase" else
                 quoted(words, " AND " if kind == "three_and" else " OR "))
        filtered = kind == "filter"
        return lambda: self.base.execute(
            "select rowid from notes where notes match ?" + (" and client = ?" if filtered else "") +
            " order by rank limit 10", (match, client) if filtered else (match,)).fetchall()


class Xapian(Engine):
    """Xapian with its own TermGenerator and QueryParser, as its documentation shows it, compacted."""

    needs = classmethod(lambda cls: None if has_module("xapian") else "python3-xapian")

    def make(self, rows):
        import xapian
        os.environ["XAPIAN_FLUSH_THRESHOLD"] = "2000"
        base = xapian.WritableDatabase(str(self.folder / "built"), xapian.DB_CREATE_OR_OVERWRITE)
        generators = {}
        for language in ("en", "ru"):
            generators[language] = xapian.TermGenerator()
            generators[language].set_stemmer(xapian.Stem(language))
        count = 0
        for count, client, at, text, russian in rows:
            document = xapian.Document()
            generator = generators["ru" if russian else "en"]
            generator.set_document(document)
            generator.index_text(text)
            document.add_boolean_term("C" + client)
            document.add_value(0, xapian.sortable_serialise(at))
            document.set_data(text)
            base.add_document(document)
        base.commit()
        base.compact(str(self.folder / "index"))
        base.close()
        shutil.rmtree(self.folder / "built")
        return count

    def open(self):
        import xapian
        self.xapian = xapian
        self.base = xapian.Database(str(self.folder / "index"))

    def search(self, kind, client, words):
        xapian = self.xapian
        stem = xapian.Stem("ru" if any(letter > "\u0400" for letter in "".join(words)) else "en")
        parser = xapian.QueryParser()
        parser.set_database(self.base)
        parser.set_stemmer(stem)
        parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)
        parser.set_max_expansion(50, xapian.Query.WILDCARD_LIMIT_MOST_FREQUENT)
        text, flags = " ".join(words), 0
        if kind == "three_and":
            parser.set_default_op(xapian.Query.OP_AND)
        elif kind == "phrase":
            text, flags = f'"{text}"', xapian.QueryParser.FLAG_PHRASE
        elif kind.startswith("prefix"):
            text, flags = text + "*", xapian.QueryParser.FLAG_WILDCARD

        def run():
            query = parser.parse_query(text, flags)
            if kind == "filter":
                query = xapian.Query(xapian.Query.OP_FILTER, query, xapian.Query("C" + client))
            enquire = xapian.Enquire(self.base)
            enquire.set_query(query)
            if kind == "newest":
                enquire.set_weighting_scheme(xapian.BoolWeight())
                enquire.set_sort_by_value(0, True)
            enquire.get_mset(0, 10)
        return run


class Sphinx(Engine):
    """Sphinx 2.2, a plain index, over its socket."""

    @classmethod
    def needs(cls):
        return None if shutil.which("searchd") and has_module("pymysql") else "sphinxsearch, python3-pymysql"

    def configure(self):
        folder = self.folder
        (folder / "sphinx.conf").write_text(f"""
source notes
{{
  type = tsvpipe
  tsvpipe_command = cat {folder}/notes.tsv
  tsvpipe_attr_uint = client
  tsvpipe_attr_uint = at
  tsvpipe_field = text
}}
index notes
{{
  source = notes
  path = {folder}/notes
  morphology = stem_enru
  min_prefix_len = 1
  dict = keywords
}}
indexer
{{
  mem_limit = 512M
}}
searchd
{{
  listen = {folder}/socket:mysql41
  pid_file = {folder}/pid
  log = {folder}/log
  binlog_path =
  expansion_limit = 50
  workers = threads
}}
""")

    def make(self, rows):
        count = 0
        with open(self.folder / "notes.tsv", "w", encoding="utf-8") as out:
            for count, client, at, text, russian in rows:
                out.write(f"{count}\t{zlib.crc32(client.encode())}\t{at // 1000}\t{text}\n")
        self.configure()
        subprocess.run(["indexer", "--config", self.folder / "sphinx.conf", "--all", "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)
        (self.folder / "notes.tsv").unlink()
        return count

    def open(self):
        import pymysql
        self.configure()
        self.server = subprocess.Popen(["searchd", "--config", self.folder / "sphinx.conf", "--nodetach"],
                                       stdout=subprocess.DEVNULL)
        for _ in range(300):
            try:
                self.cursor = pymysql.connect(unix_socket=str(self.folder / "socket"), user="").cursor()
                return
            except pymysql.err.OperationalError:
                time.sleep(.2)
        raise RuntimeError("searchd does not answer")

    def search(self, kind, client, words):
        words = plain(" ".join(words)).split()
        match = (words[0] + "*" if kind.startswith("prefix") else '"' + " ".join(words) + '"' if kind == "phrase" else
                 " ".join(words) if kind == "three_and" else " | ".join(words))
        order = "order by at desc" if kind == "newest" else "option ranker=bm25"
        only = f" and client = {zlib.crc32(client.encode())}" if kind == "filter" else ""
        query = f"select id from notes where match('{match}'){only} limit 10 "
        query = query.replace(" limit 10 ", f" {order} limit 10") if kind == "newest" else query + order
        return lambda: (self.cursor.execute(query), self.cursor.fetchall())

    def close(self):
        self.server.terminate()
        self.server.wait()


class Groonga(Engine):
    """Groonga, in a process that reads commands and writes answers; no stems."""

    needs = classmethod(lambda cls: None if shutil.which("groonga") else "groonga")
    TABLES = """table_create Clients TABLE_HASH_KEY ShortText
table_create Notes TABLE_NO_KEY
column_create Notes client COLUMN_SCALAR Clients
column_create Notes at COLUMN_SCALAR Int64
column_create Notes text COLUMN_SCALAR Text
"""
    INDEX = """table_create Words TABLE_PAT_KEY ShortText --default_tokenizer TokenDelimit --normalizer NormalizerAuto
column_create Words notes_text COLUMN_INDEX|WITH_POSITION Notes text
column_create Clients notes_client COLUMN_INDEX Notes client
"""

    def start(self, *options):
        return subprocess.Popen(["groonga", *options, str(self.folder / "base")], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def tell(self, command):
        self.server.stdin.write(command + "\n")
        self.server.stdin.flush()
        return self.server.stdout.readline()

    def make(self, rows):
        count, batch = 0, []

        def load():
            self.tell("load --table Notes\n" + json.dumps(batch, ensure_ascii=False))
            batch.clear()

        self.server = self.start("-n")
        for line in self.TABLES.splitlines():
            self.tell(line)
        for count, client, at, text, russian in rows:
            batch.append({"client": client, "at": at, "text": " ".join(plain(text).split())})
            if len(batch) == 1000:
                load()
        if batch:
            load()
        for line in self.INDEX.splitlines():
            self.tell(line)
        self.close()
        return count

    def open(self):
        self.server = self.start()

    def search(self, kind, client, words):
        words = plain(" ".join(words)).split()
        query = (words[0] + "*" if kind.startswith("prefix") else '\\"' + " ".join(words) + '\\"' if kind == "phrase"
                 else " ".join(words) if kind == "three_and" else " OR ".join(words))
        command = (f'select Notes --cache no --match_columns text --query "{query}" --limit 10 --output_columns _id '
                   f'--sort_keys {"-at" if kind == "newest" else "-_score"}')
        if kind == "filter":
            command += f" --filter 'client == \"{client}\"'"
        return lambda: self.tell(command)

    def close(self):
        self.server.stdin.close()
        self.server.wait()


class Postgres(Engine):
    """PostgreSQL's tsvector with a GIN index, over its socket; no sequence in memory but its own buffers."""

    PROGRAMS = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))

    @classmethod
    def needs(cls):
        return None if cls.PROGRAMS and has_module("psycopg2") else "postgresql, python3-psycopg2"

    def as_postgres(self, *command, **options):
        # PostgreSQL refuses to be root.
        return subprocess.run([*(["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []), *map(str, command)],
                              check=True, stdout=subprocess.DEVNULL, cwd="/", **options)

    def start(self):
        import psycopg2
        self.as_postgres(self.PROGRAMS[-1] / "pg_ctl", "-D", self.folder / "base", "-w", "-l", self.folder / "base/log",
                         "-o", f"-k {self.folder}/base -c listen_addresses= -c shared_buffers=2GB -c jit=off "
                         "-c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0", "start")
        user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.connection = psycopg2.connect(host=str(self.folder / "base"), dbname="postgres", user=user)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()

    def make(self, rows):
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.as_postgres(self.PROGRAMS[-1] / "initdb", "-D", self.folder / "base", "-A", "trust", "-E", "UTF8", "--no-locale")
        self.start()
        self.cursor.execute("create table notes (id int, client text, at bigint, text text)")
        count = 0

        class Lines:  # what COPY reads
            def __init__(self):
                self.left = ""

            def read(self, size):
                nonlocal count
                while len(self.left) < size:
                    row = next(rows, None)
                    if row is None:
                        break
                    count, client, at, text, russian = row
                    self.left += f"{count}\t{client}\t{at}\t" + text.replace("\\", " ") + "\n"
                out, self.left = self.left[:size], self.left[size:]
                return out

        self.cursor.copy_expert("copy notes from stdin", Lines())
        self.cursor.execute("create table words as select id, client, at, to_tsvector('russian', text) as words from notes")
        for index in ("using gin (words)", "(client)", "(at)"):
            self.cursor.execute(f"create index on words {index}")
        self.cursor.execute("vacuum analyze words")
        self.close()
        return count

    def open(self):
        self.start()

    def search(self, kind, client, words):
        words = plain(" ".join(words)).split()
        query = (words[0] + ":*" if kind.startswith("prefix") else
                 {"three_and": " & ", "phrase": " <-> "}.get(kind, " | ").join(words))
        order = "at" if kind == "newest" else "ts_rank_cd(words, query)"
        command = ("select id from words, to_tsquery('russian', %s) query where words @@ query" +
                   (" and client = %s" if kind == "filter" else "") + f" order by {order} desc limit 10")
        values = (query, client) if kind == "filter" else (query,)
        return lambda: (self.cursor.execute(command, values), self.cursor.fetchall())

    def close(self):
        self.connection.close()
        self.as_postgres(self.PROGRAMS[-1] / "pg_ctl", "-D", self.folder / "base", "-m", "fast", "-w", "stop")


class Lucene(Engine):
    """Lucene 8 in a Java program of ours, which takes its own times."""

    @classmethod
    def jars(cls):
        found = []
        for name in JARS:
            found += sorted(map(str, pathlib.Path("/usr/share/java").glob(name + "*.jar")))[:1]
        return ":".join(found) if len(found) == len(JARS) else None

    @classmethod
    def needs(cls):
        return None if cls.jars() and shutil.which("java") else "liblucene8-java, default-jdk"

    def java(self, *arguments):
        return ["java", "-cp", self.jars(), str(HERE / "Lucene.java"), *map(str, arguments)]

    def make(self, rows):
        java = subprocess.Popen(self.java("index", self.folder), stdin=subprocess.PIPE, text=True, encoding="utf-8")
        count = 0
        for count, client, at, text, russian in rows:
            java.stdin.write(f"{count}\t{client}\t{at}\t{text}\n")
        java.stdin.close()
        if java.wait() != 0:
            raise RuntimeError("Lucene could not build its index")
        return count

    def times(self, queries, seconds):
        """kind -> (searches, p50, p99), and by "mixed stream N" searches a second."""
        out = subprocess.run(self.java("search", self.folder, queries, seconds), check=True, capture_output=True,
                             text=True).stdout
        return {kind: (int(count), float(p50), float(p99))
                for kind, count, p50, p99 in (line.split("\t") for line in out.splitlines())}


class Http(Engine):
    """Tidings' own server on the data folder that the library is measured on: pages of ten with snippets."""

    def open(self):
        data = str(self.folder)
        user = [str(ROOT / "build/bin/tidings-indexer"), "--data", data, "--log", "off", "user"]
        subprocess.run([*user, "add", "bench", "--role", "lead"], capture_output=True)  # may be there from the run before
        token = subprocess.run([*user, "token", "bench"], check=True, capture_output=True, text=True).stdout.strip()
        self.server = subprocess.Popen([ROOT / "build/bin/tidings-server", "--data", data, "--listen", "127.0.0.1:0",
                                        "--log", "error"], stdout=subprocess.PIPE, text=True)
        address = urllib.parse.urlsplit(self.server.stdout.readline().split()[-1])
        self.connection = http.client.HTTPConnection(address.hostname, address.port)
        self.asked = 0
        self.headers = {"Authorization": "Bearer " + token}
        at_rest = 0
        while at_rest < 3:  # all is routed, indexed with its route, and the index in order
            state = json.loads(self.get("/readyz")[1])
            busy = (not state["ready"] or state["unrouted"] > 0 or state["indexed"] < state["feed"] or
                    any((self.folder / "index").glob("part-*")))
            at_rest = 0 if busy else at_rest + 1
            time.sleep(2)

    def get(self, path):
        self.asked += 1
        if self.asked % 5000 == 0:
            self.connection.close()  # the server ends a connection after so many requests; it is opened anew by itself
        self.connection.request("GET", path, headers=self.headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def search(self, kind, client, words):
        text = " ".join(words)
        query = {"limit": 10, "q": f'"{text}"' if kind == "phrase" else " AND ".join(words) if kind == "three_and" else text}
        if kind == "filter":
            query["client"] = client
        if kind == "newest":
            query["sort"] = "newest"
        if kind.startswith("prefix"):
            query["typing"] = "true"
        path = "/api/v1/search?" + urllib.parse.urlencode(query)
        return lambda: self.get(path)

    def close(self):
        self.connection.close()
        self.server.send_signal(signal.SIGTERM)
        self.server.wait()


PEERS = {"lucene": Lucene, "xapian": Xapian, "sphinx": Sphinx, "groonga": Groonga, "fts5": Fts5, "postgres": Postgres}
