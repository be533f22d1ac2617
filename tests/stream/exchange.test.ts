import { describe, expect, it } from "vitest";
import { Exchange } from "../../src/stream/exchange.ts";
import { Heartbeat } from "../../src/stream/heartbeat.ts";
import { requestOf, responseOf } from "./make.ts";

describe("Exchange", () => {
  it("begins without a response", () => {
    const { inFlight, blocksOthers, lastNonce, lastSerial, ackedVersion, nack } = new Exchange();
    expect({ inFlight, blocksOthers, lastNonce, lastSerial, ackedVersion, nack }).toEqual({
      inFlight: undefined,
      blocksOthers: false,
      lastNonce: "",
      lastSerial: 0,
      ackedVersion: undefined,
      nack: undefined,
    });
  });

  it("has a response in flight from when it was sent", () => {
    const exchange = sent(1, 70);
    expect(exchange.inFlight?.nonce).toBe("n1");
    const { blocksOthers, lastNonce, lastSerial, sentAt, ackedVersion } = exchange;
    expect({ blocksOthers, lastNonce, lastSerial, sentAt, ackedVersion }).toEqual({
      blocksOthers: true,
      lastNonce: "n1",
      lastSerial: 1,
      sentAt: 70,
      ackedVersion: undefined,
    });
  });

  it.each([
    ["its nonce", requestOf("n2"), { outcome: "ack", acked: "v2", nack: undefined }],
    ["its nonce and an error", requestOf("n2", "no"), {
      outcome: "nack",
      acked: "v1",
      nack: { version: "v2", message: "no" },
    }],
    ["its nonce and an empty error", requestOf("n2", ""), {
      outcome: "nack",
      acked: "v1",
      nack: { version: "v2", message: "" },
    }],
    ["no nonce", requestOf(""), { outcome: undefined, acked: "v1", nack: undefined }],
    ["no nonce and an error", requestOf("", "no"), { outcome: undefined, acked: "v1", nack: undefined }],
    ["a stale nonce", requestOf("n1"), { outcome: undefined, acked: "v1", nack: undefined }],
    ["a stale nonce and an error", requestOf("n1", "no"), { outcome: undefined, acked: "v1", nack: undefined }],
    ["a foreign nonce", requestOf("n3"), { outcome: undefined, acked: "v1", nack: undefined }],
  ])("is acknowledged by a request with %s", (_, request, { outcome, acked, nack }) => {
    const exchange = sent(1, 0);
    exchange.acknowledge(requestOf("n1"));
    const response = responseOf(2);
    exchange.sent(response, 0);
    const acknowledgement = exchange.acknowledge(request);
    expect(acknowledgement).toEqual(outcome && { outcome, response });
    expect(exchange.inFlight).toBe(outcome === undefined ? response : undefined);
    expect({ acked: exchange.ackedVersion, nack: exchange.nack }).toEqual({ acked, nack });
  });

  it("is acknowledged once by a repeated request", () => {
    const exchange = sent(1, 0);
    exchange.acknowledge(requestOf("n1", "no"));
    expect(exchange.acknowledge(requestOf("n1"))).toBeUndefined();
    expect(exchange.nack).toEqual({ version: "v1", message: "no" });
  });

  it("forgets the NACK with the next ACK, and not with the next response", () => {
    const exchange = sent(1, 0);
    exchange.acknowledge(requestOf("n1", "no"));
    exchange.sent(responseOf(2), 0);
    expect(exchange.nack?.version).toBe("v1");
    exchange.acknowledge(requestOf("n2"));
    expect(exchange.nack).toBeUndefined();
  });

  it("blocks no other type while it is overdue, until the next response", () => {
    const exchange = sent(1, 0);
    exchange.markOverdue();
    expect([exchange.blocksOthers, exchange.inFlight?.nonce]).toEqual([false, "n1"]);
    exchange.acknowledge(requestOf("n1"));
    exchange.sent(responseOf(2), 0);
    expect(exchange.blocksOthers).toBe(true);
  });

  function sent(serial: number, now: number): Exchange {
    const exchange = new Exchange();
    exchange.sent(responseOf(serial), now);
    return exchange;
  }
});

describe("Heartbeat", () => {
  it("is not due without a ttl", () => {
    const heartbeat = new Heartbeat();
    heartbeat.note(undefined);
    heartbeat.schedule(0);
    expect(heartbeat.dueAt).toBeUndefined();
  });

  it("is due after a third of the shortest ttl", () => {
    const heartbeat = new Heartbeat();
    for (const ttl of [600, 300, undefined, 900]) heartbeat.note(ttl);
    expect(heartbeat.dueAt).toBeUndefined();
    heartbeat.schedule(50);
    expect(heartbeat.dueAt).toBe(150);
  });

  it("is not postponed by further responses, but may be due earlier", () => {
    const heartbeat = new Heartbeat();
    heartbeat.note(300);
    heartbeat.schedule(0);
    heartbeat.schedule(50);
    expect(heartbeat.dueAt).toBe(100);
    heartbeat.note(90);
    heartbeat.schedule(50);
    expect(heartbeat.dueAt).toBe(80);
  });

  it("is due again after it was sent, by the ttl of what it had", () => {
    const heartbeat = new Heartbeat();
    heartbeat.note(300);
    heartbeat.schedule(0);
    heartbeat.restart(100, 600);
    expect(heartbeat.dueAt).toBe(300);
    heartbeat.restart(300, undefined);
    expect(heartbeat.dueAt).toBeUndefined();
  });

  it("has content once the client needs it, and from then on", () => {
    const heartbeat = new Heartbeat();
    expect(heartbeat.hasContent).toBe(false);
    heartbeat.addContent();
    heartbeat.restart(0, 300);
    expect(heartbeat.hasContent).toBe(true);
  });
});
