import FoundationEssentials
import JSON
import Tenancy
import TestSupport
import Testing

@testable import SCIM

/// What filters mean, and that no text of strangers harms whoever reads it.
@Suite struct FilterTests {
    private static let addressIsWork = DirectoryFilter.compares(.type, .equal, .text("work"))

    private static let meanings: [(String, DirectoryFilter)] = [
        (#"userName eq "ann@x.org""#, .compares(.userName, .equal, .text("ann@x.org"))),
        (#"USERNAME Eq "ann""#, .compares(.userName, .equal, .text("ann"))),
        (
            #"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "a""#,
            .compares(.userName, .startsWith, .text("a"))
        ),
        (#"name.familyName co "O'M\u0061l""#, .compares(.familyName, .contains, .text("O'Mal"))),
        (#"externalId ne "x""#, .not(.compares(.externalID, .equal, .text("x")))),
        ("displayName pr", .has(.displayName)),
        ("active eq true", .compares(.isActive, .equal, .flag(true))),
        ("active eq False", .compares(.isActive, .equal, .flag(false))),
        (#"active eq "true""#, .compares(.isActive, .equal, .flag(true))),
        (#"externalId eq null"#, .not(.has(.externalID))),
        (
            #"meta.lastModified gt "2011-05-13T04:42:34Z""#,
            .compares(.updatedAt, .greater, .moment(ISO8601.date("2011-05-13T04:42:34Z") ?? .distantPast))
        ),
        (#"emails.value eq "a@x""#, .element(.addresses, .compares(.value, .equal, .text("a@x")))),
        (#"emails co "@x""#, .element(.addresses, .compares(.value, .contains, .text("@x")))),
        (
            #"emails[type eq "work" and value co "@x"]"#,
            .element(.addresses, .all([addressIsWork, .compares(.value, .contains, .text("@x"))]))
        ),
        (
            #"emails[type eq "work"].value eq "a@x""#,
            .element(.addresses, .all([addressIsWork, .compares(.value, .equal, .text("a@x"))]))
        ),
        (
            #"emails[type eq "work"].primary pr and active eq true"#,
            .all([
                .element(.addresses, .all([addressIsWork, .has(.isPrimary)])),
                .compares(.isActive, .equal, .flag(true)),
            ])
        ),
        (#"phoneNumbers[type eq "work"].value eq "1""#, .nothing),
        (#"title pr and userName pr"#, .all([.nothing, .has(.userName)])),
        (
            #"userName eq "a" or userName eq "b" and active eq true"#,
            .any([
                .compares(.userName, .equal, .text("a")),
                .all([.compares(.userName, .equal, .text("b")), .compares(.isActive, .equal, .flag(true))]),
            ])
        ),
        (
            #"not (emails[type eq "work"]) and (id eq "1" or not(id pr))"#,
            .all([
                .not(.element(.addresses, addressIsWork)),
                .any([.compares(.id, .equal, .text("1")), .not(.has(.id))]),
            ])
        ),
        (
            #"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "R&D""#, .nothing
        ),
    ]

    @Test(arguments: meanings.indices) func filtersMeanWhatTheStandardSays(index: Int) throws {
        let (text, meaning) = Self.meanings[index]
        #expect(try ResourceSchema.user.directoryFilter(text) == meaning, "\(text)")
    }

    @Test(arguments: [
        "", " ", "userName", "userName eq", "userName eq x", "userName is \"x\"", "(userName pr", "userName pr)",
        "userName pr and", "userName eq \"x", "userName eq \"\\q\"", "favouriteColour eq \"red\"",
        "emails[type eq \"x\"",
        "emails[emails[type pr]]", "userName[value pr]", "active gt true", "active eq \"perhaps\"", "userName eq 1",
        "meta.created gt \"yesterday\"", "emails.colour pr", "userName pr userName pr", "not userName pr", "a.b.c pr",
        "emails[type pr].value", "emails[type pr].", "emails[type pr].colour pr", "emails[type pr].a.b pr",
        "emails[type pr].value is 1", "\u{0}", "urn:: pr",
    ])
    func whatIsNoFilterIsRefusedAsSuch(text: String) {
        #expect { try ResourceSchema.user.directoryFilter(text) } throws: { error in
            (error as? SCIMProblem)?.kind == .invalidFilter && (error as? SCIMProblem)?.status == 400
        }
    }

    @Test func sizeIsBounded() throws {
        let deep = String(repeating: "(", count: 17) + "userName pr" + String(repeating: ")", count: 17)
        let long = "userName eq \"" + String(repeating: "x", count: FilterParser.lengthLimit) + "\""
        let many = Array(repeating: "id pr", count: FilterParser.comparisonLimit + 1).joined(separator: " or ")
        for text in [deep, long, many] {
            #expect(throws: SCIMProblem.self) { try ResourceSchema.user.directoryFilter(text) }
        }
        let allowed = Array(repeating: "id pr", count: FilterParser.comparisonLimit).joined(separator: " or ")
        #expect(try ResourceSchema.user.directoryFilter(allowed) != .nothing)
    }

    /// Pieces of filters, joined at random, and random bytes.
    @Test func noTextHarmsTheReader() {
        let pieces = [
            "userName", "emails", "[", "]", "(", ")", " eq ", " pr", " and ", " or ", " not ", "\"x\"", "\"", "\\",
            "true",
            "null", "1e9", ".", ".value", "type", "urn:a:", ":", " ", "é", "\u{0}", "-", "$ref", "members", "not(",
        ]
        var random = SeededGenerator(seed: 644)
        var (read, refused) = (0, 0)
        for round in 0..<40_000 {
            var text = ""
            if round % 4 == 0 {
                let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                text = String(decoding: bytes, as: UTF8.self)
            } else {
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    text += pieces.randomElement(using: &random) ?? ""
                }
            }
            do {
                _ = try FilterParser.filter(text)
                read += 1
            } catch {
                refused += 1
            }
            do {
                _ = try FilterParser.path(text)
                read += 1
            } catch {
                refused += 1
            }
        }
        #expect(read > 100 && refused > 1000)
    }

    @Test func pathsNameAttributesElementsAndTheirParts() throws {
        let plain = try FilterParser.path("name.givenName")
        #expect(plain.attribute.name == "name" && plain.subAttribute == "givenName" && plain.filter == nil)
        let chosen = try FilterParser.path(#"urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq "work"].value"#)
        #expect(chosen.attribute.name == "emails" && chosen.subAttribute == "value" && chosen.filter != nil)
        #expect(chosen.attribute.schema == "urn:ietf:params:scim:schemas:core:2.0:User")
        for text in ["", "a[b", "a[b pr].", "a[b pr].c.d", "a b", "a.b[c pr].d", "[a pr]"] {
            #expect { try FilterParser.path(text) } throws: { ($0 as? SCIMProblem)?.kind == .invalidPath }
        }
    }
}
