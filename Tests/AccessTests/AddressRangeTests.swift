import Tenancy
import Testing

@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "203.0.113.9", true),
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("192.0.2.0/25", "192.0.2.127", true),
        ("192.0.2.0/25", "192.0.2.128", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
        ("::/0", "::1", true), ("::/0", "127.0.0.1", false), ("fe80::/10", "fe80::1%eth0", true),
        ("fe80::/10", "[fe80::1]", true), ("10.0.0.0/8", "", false), ("10.0.0.0/8", "unix", false),
        ("10.0.0.0/8", "10.1.2", false),
    ])
    func anAddressIsInsideOrNot(range: String, address: String, isInside: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isInside)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.0.0.0/8"), ("192.0.2.7", "192.0.2.7/32"), ("2001:DB8:0:0::/32", "2001:db8::/32"),
        ("::1", "::1/128"), ("2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1/128"), ("::/0", "::/0"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3/128"), ("::192.0.2.1", "::c000:201/128"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8/128"),
    ])
    func aRangeIsWrittenShortly(given: String, written: String) throws {
        let range = try #require(AddressRange(given))
        #expect(range.description == written)
        #expect(AddressRange(written) == range)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.1/8", "10.0.0/8", "256.0.0.0/8",
        "010.0.0.0/8", "10.0.0.0/8/8", "2001:db8::1/32", "2001:db8", "1:2:3:4:5:6:7:8:9", "1::2::3", ":::", "12345::",
        "g::", "::/129", "1:2:3:4:5:6:7:8::", "localhost", "10.0.0.0 /8", "+1.0.0.0/8",
    ])
    func whatIsNoRangeIsRefused(text: String) { #expect(AddressRange(text) == nil) }

    @Test func aRangeContainsThoseThatAreNarrower() throws {
        let wide = try #require(AddressRange("10.0.0.0/8"))
        #expect(wide.contains(try #require(AddressRange("10.9.0.0/16"))))
        #expect(wide.contains(wide))
        #expect(!wide.contains(try #require(AddressRange("0.0.0.0/0"))))
        #expect(!wide.contains(try #require(AddressRange("11.0.0.0/16"))))
        #expect(!wide.contains(try #require(AddressRange("::/0"))))
    }
}
