import { BlockList, isIP, isIPv4, SocketAddress } from "node:net";

/** What a client may change at will, and what may stand for many clients. */
export interface ClientNetwork {
  /** The IPv4 address, or the first 64 bits of an IPv6 address: whoever has one address there has them all. */
  readonly name: string;
  /** It says nothing of the client: most often it is a proxy of the host's own, whose headers nobody was told to trust. */
  readonly isInternal: boolean;
}

/** The network of an address in any spelling; undefined for what is no address. */
export const clientNetworkOf = (address: string): ClientNetwork | undefined => {
  const bare = address
    .trim()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/%.*$/, "");
  if (isIP(bare) === 0) return undefined;
  const mapped = isIPv4(bare) ? bare : mappedIPv4(bare);
  if (mapped !== undefined) return { name: mapped, isInternal: internal.check(mapped) };
  return { name: groupsOf(bare).slice(0, 4).join(":"), isInternal: internal.check(bare, "ipv6") };
};

/** RFC 4291 §2.5.5.2: an IPv4 address as sockets of both kinds show it. */
const mappedIPv4 = (address: string): string | undefined => {
  const groups = groupsOf(address);
  if (groups.slice(0, 6).join(":") !== "0:0:0:0:0:ffff") return undefined;
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
};

/** The eight groups, whatever was shortened. */
const groupsOf = (address: string): readonly string[] => {
  // Node spells an address in one way (RFC 5952), but for dots in the last 32 bits of some.
  const canonical = new SocketAddress({ address, family: "ipv6" }).address;
  const text = canonical.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(":"),
  );
  const [head = "", tail] = text.split("::");
  const [left, right] = [head, tail ?? ""].map((part) => (part === "" ? [] : part.split(":")));
  const missing = 8 - (left?.length ?? 0) - (right?.length ?? 0);
  return [...(left ?? []), ...Array<string>(Math.max(0, missing)).fill("0"), ...(right ?? [])];
};

/** RFC 6890: loopback, private, shared and link-local; RFC 4193: unique local. */
const internal = new BlockList();
internal.addSubnet("127.0.0.0", 8);
internal.addSubnet("10.0.0.0", 8);
internal.addSubnet("172.16.0.0", 12);
internal.addSubnet("192.168.0.0", 16);
internal.addSubnet("100.64.0.0", 10);
internal.addSubnet("169.254.0.0", 16);
internal.addAddress("::1", "ipv6");
internal.addSubnet("fc00::", 7, "ipv6");
internal.addSubnet("fe80::", 10, "ipv6");
