import Testing

@testable import HTTPTransfer

@Suite struct EgressPolicyTests {
    @Test func anyPermitsHostsButNoMetadataAddress() {
        #expect(EgressPolicy.any.permits(host: "api.example.com", port: 443))
        #expect(EgressPolicy.any.permits(address: [10, 0, 0, 1]))
        #expect(!EgressPolicy.any.permits(address: [169, 254, 169, 254]))
        #expect(EgressPolicy.any.permittingMetadataAddresses().permits(address: [169, 254, 169, 254]))
    }

    @Test(arguments: [
        "fd00:0ec2:0000:0000:0000:0000:0000:0254", "fe80:0000:0000:0000:0000:0000:0000:0001",
        "0000:0000:0000:0000:0000:ffff:a9fe:a9fe", "0064:ff9b:0000:0000:0000:0000:a9fe:0001",
    ])
    func metadataAddressesAreRefusedInEveryDisguise(text: String) throws {
        let address = text.split(separator: ":").flatMap { group in
            let value = UInt16(group, radix: 16) ?? 0
            return [UInt8(value >> 8), UInt8(value & 0xff)]
        }
        try #require(address.count == 16)
        #expect(!EgressPolicy.any.permits(address: address))
    }

    @Test func anAllowListNamesHostsPortsAndSubdomains() {
        let policy = EgressPolicy.only(["api.example.com", "127.0.0.1:8081", "*.example.org", "[::1]:9"])
        #expect(policy.permits(host: "API.example.com.", port: 1))
        #expect(policy.permits(host: "127.0.0.1", port: 8081))
        #expect(!policy.permits(host: "127.0.0.1", port: 8082))
        #expect(policy.permits(host: "a.b.example.org", port: 443))
        #expect(!policy.permits(host: "example.org", port: 443))
        #expect(!policy.permits(host: "badexample.org", port: 443))
        #expect(policy.permits(host: "[::1]", port: 9))
        #expect(!policy.permits(host: "[::1]", port: 8))
        #expect(!policy.permits(host: "api.example.com.evil.net", port: 443))
    }
}
