import Foundation
import QRCodes
import TestSupport
import Testing

@Suite struct QRCodeTests {
    /// What another program reads from the code, drawn four dots a module.
    private func read(_ code: QRCode) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("scorable-qr-\(UUID().uuidString).pbm")
        defer { do { try FileManager.default.removeItem(at: file) } catch { Issue.record("\(error)") } }
        let side = (code.size + 8) * 4
        let dots = (0..<side).map { row in
            (0..<side).map { code[row / 4 - 4, $0 / 4 - 4] ? "1" : "0" }.joined(separator: " ")
        }
        try Data("P1\n\(side) \(side)\n\(dots.joined(separator: "\n"))\n".utf8).write(to: file)
        let reading = try ConnectedProgram.run(["zbarimg", "--quiet", "--raw", "--oneshot", file.path])
        return reading.text.trimmingCharacters(in: .newlines)
    }

    @Test(arguments: QRCode.Correction.allCases) func codesOfEverySizeAreRead(_ correction: QRCode.Correction) throws {
        var sizes: Set<Int> = []
        for length in [10, 25, 40, 60, 80, 100, 120, 145, 175, 205] {
            let text = String(
                ("https://scorable.example/device?code=WDJB-MJHT&" + String(repeating: "ab9", count: 60)).prefix(length)
            )
            let code = try QRCode(text, correction: correction)
            #expect(try read(code) == text)
            sizes.insert(code.size)
        }
        #expect(sizes.count >= 8)
    }

    @Test func anAddressToSignInAtFitsIntoASmallTerminal() throws {
        let code = try QRCode("https://scorable.company.example/device?code=WDJB-MJHT")
        // Two modules a line, four light ones around.
        #expect((code.size + 8 + 1) / 2 <= 24 && code.size + 8 <= 80)
    }

    @Test func aTextThatIsTooLongIsRefused() throws {
        #expect(try QRCode(String(repeating: "a", count: 271)).size == 57)
        #expect(throws: QRCode.TextTooLong.self) { try QRCode(String(repeating: "a", count: 272)) }
    }

    @Test func whatIsAroundACodeIsLight() throws {
        let code = try QRCode("a")
        #expect(code[0, 0] && !code[-1, 0] && !code[0, code.size])
    }
}
