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

    @Test(
        arguments: [
            [127, 0, 0, 1], [10, 1, 2, 3], [172, 16, 0, 1], [172, 31, 255, 255], [192, 168, 1, 1],
            [100, 64, 0, 1],
            [0, 0, 0, 0], [198, 18, 0, 1], [224, 0, 0, 1], [255, 255, 255, 255], [169, 254, 1, 1],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1],
            [0, 100, 255, 155, 0, 0, 0, 0, 0, 0, 0, 0, 127, 0, 0, 1],
            [253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            [32, 2, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            [254, 192, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            [255, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        ] as [[UInt8]])
    func whatIsNotPublicIsForTrustedHostsOnly(address: [UInt8]) {
        #expect(!EgressPolicy.any.permits(address: address, ofTrustedHost: false))
    }

    @Test(
        arguments: [
            [1, 1, 1, 1], [172, 32, 0, 1], [100, 128, 0, 1], [192, 0, 2, 1], [198, 20, 0, 1],
            [38, 6, 71, 0, 71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 17, 17],
        ] as [[UInt8]])
    func whatIsPublicIsForEverybody(address: [UInt8]) {
        #expect(EgressPolicy.any.permits(address: address, ofTrustedHost: false))
    }

    @Test func trustIsGivenByNameAndWithoutAnyListToAll() {
        #expect(EgressPolicy.any.trusts(host: "inside.example", port: 80))
        let policy = EgressPolicy.any.trustingOnly(["inside.example:8080", "*.lan"])
        #expect(policy.trusts(host: "Inside.example", port: 8080))
        #expect(!policy.trusts(host: "inside.example", port: 80))
        #expect(policy.trusts(host: "hooks.lan", port: 443))
        #expect(!policy.trusts(host: "outside.example", port: 8080))
        #expect(policy.permits(host: "outside.example", port: 443))
    }

    @Test func knownURLsPermitTheirHostsAndPortsOnly() {
        let policy = EgressPolicy.onlyTo(["http://evald.internal:8081", "https://[::1]/x", "no url"])
        #expect(policy.permits(host: "EVALD.internal", port: 8081))
        #expect(!policy.permits(host: "evald.internal", port: 80))
        #expect(policy.permits(host: "[::1]", port: 443))
        #expect(!policy.permits(host: "api.example.com", port: 443))
        #expect(!EgressPolicy.onlyTo([]).permits(host: "evald.internal", port: 8081))
    }

    @Test func anAllowListNamesHostsPortsAndSubdomains() {
        let policy = EgressPolicy.only([
            "api.example.com", "127.0.0.1:8081", "*.example.org", "[::1]:9",
        ])
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
