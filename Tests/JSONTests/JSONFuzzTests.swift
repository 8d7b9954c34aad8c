import Foundation
import JSON
import Testing

@Suite struct JSONFuzzTests {
    private static let seeds: [String] =
        JSONCorpus.valid + JSONCorpus.invalid + [
            #"{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"héllo \ud83d\ude00"}],"n":1.5e-3}"#,
            #"{"a":{"b":[1,2,{"c":null}],"b":"again"},"é":"\u00e9","list":[[],{},"",0,-1e10]}"#,
        ]
    private static let morsels =
        Array("{}[]:,\"\\ue0123456789+-.Etrufalsn \n".utf8) + [0x00, 0x1F, 0x80, 0xC3, 0xED, 0xF4, 0xFF]

    /// For five seconds: whatever comes is read or refused, what is read survives writing, and Foundation is of the same
    /// opinion about what is JSON.
    @Test func mutatedDocumentsAreReadOrRefusedAndSurviveWriting() throws {
        var random = SplitMix(seed: 20_260_101)
        let end = ContinuousClock.now.advanced(by: .seconds(5))
        var accepted = 0
        var refused = 0
        while ContinuousClock.now < end {
            let document = mutated(Array(Self.seeds.randomElement(using: &random)?.utf8 ?? "".utf8), &random)
            let value: JSONValue?
            do {
                value = try JSONParser.parse(document)
                accepted += 1
            } catch {
                value = nil
                refused += 1
                #expect(!error.message.isEmpty)
            }
            if let value {
                let written = JSONWriter.bytes(of: value)
                #expect(try JSONParser.parse(written) == value, "\(document)")
                let coded = JSONCodec.encode(value)
                #expect(coded == written)
            }
            compareWithFoundation(document, isAccepted: value != nil)
            exerciseScanner(document, value)
        }
        #expect(accepted > 100)
        #expect(refused > 100)
    }

    private func mutated(_ seed: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let position = Int.random(in: 0...bytes.count, using: &random)
            let morsel = Self.morsels.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(morsel, at: position)
            case 1 where position < bytes.count: bytes.remove(at: position)
            case 2 where position < bytes.count: bytes[position] = morsel
            case 3: bytes.removeSubrange(position...)
            default: bytes.insert(contentsOf: bytes[..<position].suffix(12), at: position)
            }
        }
        return bytes
    }

    private func compareWithFoundation(_ document: [UInt8], isAccepted: Bool) {
        // Foundation guesses UTF-16 and UTF-32 from zero bytes, skips a byte order mark, has its own number range and
        // lets a comma after the last element pass.
        guard !document.contains(0), !document.starts(with: [0xEF, 0xBB, 0xBF]) else { return }
        // ok: the question is whether it throws
        let theirs = try? JSONSerialization.jsonObject(with: Data(document), options: .fragmentsAllowed)
        if isAccepted {
            #expect(theirs != nil, "only we accept \(String(decoding: document, as: UTF8.self))")
        } else if theirs != nil, !document.contains(where: { $0 | 0x20 == 0x65 }) {
            let packed = String(decoding: document.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }, as: UTF8.self)
            #expect(packed.contains(",]") || packed.contains(",}"), "only Foundation accepts \(packed)")
        }
    }

    private func exerciseScanner(_ document: [UInt8], _ value: JSONValue?) {
        guard let object = value?.objectValue else {
            #expect(throws: JSONDecodingError.self) { try JSONScanner(document) }
            return
        }
        do {
            let scanner = try JSONScanner(document)
            for member in object.members { #expect(try scanner.value(member.key) == member.value) }
            let replaced = try JSONParser.parse(scanner.replacing("model", with: "other"))
            #expect(replaced["model"] == "other")
        } catch {
            Issue.record(error)
        }
    }
}
