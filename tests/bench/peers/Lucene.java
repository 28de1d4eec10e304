// SPDX-License-Identifier: GPL-3.0-or-later
// Lucene 8 on the same notes and queries: Lucene index DIR < notes.tsv, or Lucene search DIR queries.tsv SECONDS.
// notes.tsv: number, client, milliseconds, text. Prints class, searches, median and 99th percentile in milliseconds.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.*;
import org.apache.lucene.index.*;
import org.apache.lucene.search.*;
import org.apache.lucene.store.MMapDirectory;

public class Lucene {
  // Each Snowball stemmer leaves words of the other's letters as they are.
  static final Analyzer ANALYZER = new Analyzer() {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer source = new StandardTokenizer();
      TokenStream words = new LowerCaseFilter(source);
      return new TokenStreamComponents(source, new SnowballFilter(new SnowballFilter(words, "English"), "Russian"));
    }
  };

  static List<String> stems(String text) throws Exception {
    List<String> stems = new ArrayList<>();
    try (TokenStream words = ANALYZER.tokenStream("text", text)) {
      CharTermAttribute word = words.addAttribute(CharTermAttribute.class);
      words.reset();
      while (words.incrementToken()) stems.add(word.toString());
      words.end();
    }
    return stems;
  }

  static void index(Path folder) throws Exception {
    IndexWriterConfig config = new IndexWriterConfig(ANALYZER);
    config.setRAMBufferSizeMB(256);
    try (IndexWriter writer = new IndexWriter(new MMapDirectory(folder), config);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line; (line = in.readLine()) != null; ) {
        String[] columns = line.split("\t", 4);
        Document document = new Document();
        document.add(new StringField("client", columns[1], Field.Store.NO));
        document.add(new NumericDocValuesField("date", Long.parseLong(columns[2])));
        document.add(new TextField("text", columns[3], Field.Store.YES));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
  }

  static Query query(String kind, String client, String words) throws Exception {
    List<String> stems = stems(words);
    if (kind.startsWith("prefix")) return new PrefixQuery(new Term("text", words.toLowerCase()));
    if (kind.equals("phrase")) return new PhraseQuery("text", stems.toArray(new String[0]));
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    BooleanClause.Occur occur =
        kind.equals("three_and") ? BooleanClause.Occur.MUST : BooleanClause.Occur.SHOULD;
    for (String stem : stems) builder.add(new TermQuery(new Term("text", stem)), occur);
    if (!kind.equals("filter")) return builder.build();
    return new BooleanQuery.Builder()
        .add(builder.build(), BooleanClause.Occur.MUST)
        .add(new TermQuery(new Term("client", client)), BooleanClause.Occur.FILTER)
        .build();
  }

  static void run(IndexSearcher searcher, String kind, Query query) throws Exception {
    if (query instanceof PrefixQuery) ((PrefixQuery) query).setRewriteMethod(new MultiTermQuery.TopTermsBoostOnlyBooleanQueryRewrite(10));
    if (kind.equals("newest"))
      searcher.search(query, 10, new Sort(new SortField("date", SortField.Type.LONG, true)));
    else
      searcher.search(query, 10);
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Paths.get(arguments[1]);
    if (arguments[0].equals("index")) {
      index(folder);
      return;
    }
    double seconds = Double.parseDouble(arguments[3]);
    IndexSearcher searcher = new IndexSearcher(DirectoryReader.open(new MMapDirectory(folder)));
    searcher.setQueryCache(null);
    Map<String, List<Query>> queries = new TreeMap<>();
    for (String line : Files.readAllLines(Paths.get(arguments[2]), StandardCharsets.UTF_8)) {
      String[] columns = line.split("\t", -1);
      String kind = columns[0];
      if (kind.equals("prefix"))
        kind = columns[3].length() < 3 ? "prefix, 1-2 letters" : "prefix, 3-5 letters";
      queries.computeIfAbsent(kind, any -> new ArrayList<>()).add(query(kind, columns[2], columns[3]));
    }
    for (Map.Entry<String, List<Query>> some : queries.entrySet()) {
      List<Double> times = new ArrayList<>();
      for (int round = 0; round < 2; ++round) {  // the first warms up
        times.clear();
        long begun = System.nanoTime();
        for (Query query : some.getValue()) {
          long start = System.nanoTime();
          run(searcher, some.getKey(), query);
          times.add((System.nanoTime() - start) / 1e6);
          if (System.nanoTime() - begun > seconds * 1e9) break;
        }
      }
      Double[] sorted = times.toArray(new Double[0]);
      Arrays.sort(sorted);
      System.out.printf("%s\t%d\t%.4f\t%.4f%n", some.getKey(), sorted.length, sorted[sorted.length / 2],
          sorted[(int) (sorted.length * 0.99)]);
    }
    List<Map.Entry<String, Query>> mixed = new ArrayList<>();
    for (int i = 0; i < 2000; ++i)
      for (Map.Entry<String, List<Query>> some : queries.entrySet())
        if (i < some.getValue().size() && !some.getKey().equals("prefix, 1-2 letters"))
          mixed.add(Map.entry(some.getKey(), some.getValue().get(i)));
    for (int count = 1; count <= 2; ++count) {
      AtomicInteger next = new AtomicInteger(), done = new AtomicInteger();
      long begun = System.nanoTime();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < count; ++i) {
        threads.add(new Thread(() -> {
          try {
            while (System.nanoTime() - begun < seconds * 2e9) {
              Map.Entry<String, Query> each = mixed.get(next.getAndIncrement() % mixed.size());
              run(searcher, each.getKey(), each.getValue());
              done.incrementAndGet();
            }
          } catch (Exception error) {
            throw new RuntimeException(error);
          }
        }));
        threads.get(i).start();
      }
      for (Thread thread : threads) thread.join();
      System.out.printf("mixed stream %d\t%d\t%.0f\t0%n", count, done.get(), done.get() / (seconds * 2));
    }
  }
}
