package io.asyncio4j.bench;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a peer has printed of a round.
 *
 * @param bytes the memory in use for it, 0 if the row does not say
 * @param rss the resident memory for it, 0 if the row does not say
 */
record Round(String row, long ops, long nanos, long cpuNanos, long bytes, long rss) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The first line of a process. */
  record Header(String peer, String version) {
    static Header parse(String line) throws PeerException {
      JsonNode json = object(line);
      if (!json.path("peer").isString() || !json.path("version").isString()) {
        throw new PeerException("the first line lacks peer or version: " + line);
      }
      return new Header(json.path("peer").stringValue(), json.path("version").stringValue());
    }

    @Override
    public String toString() {
      return peer + " " + version;
    }
  }

  static Round parse(String line) throws PeerException {
    JsonNode json = object(line);
    Round round =
        new Round(
            json.path("row").asString(""),
            json.path("ops").asLong(0),
            json.path("ns").asLong(0),
            json.path("cpu_ns").asLong(0),
            json.path("bytes").asLong(0),
            json.path("rss").asLong(0));
    if (round.row.isEmpty() || round.ops <= 0 || round.nanos <= 0) {
      throw new PeerException("a line lacks row, ops or ns: " + line);
    }
    return round;
  }

  private static JsonNode object(String line) throws PeerException {
    try {
      JsonNode json = JSON.readTree(line);
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      // said below
    }
    throw new PeerException("a line is no JSON object: " + line);
  }
}
