import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientNetworkOf } from "../../src/throttling/client-network.ts";

const nameOf = (address: string): string | undefined => clientNetworkOf(address)?.name;

describe("the network of a client", () => {
  // CVE-2026-45364: a limit was passed by spelling one IPv6 address in many ways, and by moving about in one /64.
  it("is one for all spellings of an address, and for all addresses of a /64 (CVE-2026-45364)", () => {
    const spellings = [
      "2001:db8:0:1::1",
      "2001:0DB8:0000:0001:0000:0000:0000:0001",
      "2001:db8:0:1:0:0:0:1",
      "[2001:db8:0:1::1]",
      "2001:db8:0:1::1%eth0",
      " 2001:db8::1:0:0:0:1 ",
      "2001:db8:0:1:ffff:ffff:ffff:ffff",
      "2001:db8:0:1::192.0.2.7",
    ];
    expect(new Set(spellings.map(nameOf))).toEqual(new Set(["2001:db8:0:1"]));
    expect(nameOf("2001:db8:0:2::1")).toBe("2001:db8:0:2");
  });

  it("of an IPv4 address is the address, however a socket shows it", () => {
    for (const address of ["192.0.2.7", "::ffff:192.0.2.7", "::FFFF:c000:207", "0:0:0:0:0:ffff:192.0.2.7"]) {
      expect(nameOf(address)).toBe("192.0.2.7");
    }
    expect(nameOf("192.0.2.8")).toBe("192.0.2.8");
  });

  it("of any IPv6 address is its first four groups", () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const name = nameOf(address);
        expect(name).toMatch(/^[0-9a-f]{1,4}(:[0-9a-f]{1,4}){3}$|^\d+(\.\d+){3}$/);
      }),
    );
  });

  it.each(["", "unknown", "192.0.2", "1.2.3.4.5", "2001:db8", "::g", "localhost", "a".repeat(10_000)])(
    "of %j is none",
    (address) => {
      expect(nameOf(address)).toBeUndefined();
    },
  );

  it("knows addresses that stand for a proxy", () => {
    const internal = [
      "127.0.0.1",
      "::1",
      "::ffff:127.0.0.1",
      "10.1.2.3",
      "172.31.0.1",
      "192.168.1.1",
      "fd00::1",
      "fe80::1",
    ];
    expect(internal.filter((address) => clientNetworkOf(address)?.isInternal !== true)).toEqual([]);
    const external = ["192.0.2.7", "172.32.0.1", "2001:db8::1", "::ffff:192.0.2.7"];
    expect(external.filter((address) => clientNetworkOf(address)?.isInternal !== false)).toEqual([]);
  });
});
