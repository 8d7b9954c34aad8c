import Records
import Testing

@testable import Operations

/// What files are, told by their beginning.
@Suite struct FileInspectionTests {
    private func inspect(_ bytes: [UInt8], piece: Int = 7) -> FileInspection {
        var inspection = FileInspection()
        var rest = bytes[...]
        while !rest.isEmpty {
            inspection.take(Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        return inspection
    }

    private func number(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(value >> (8 * (bytes - 1 - $0)) & 0xFF) }
    }

    @Test func aPNGTellsItsSize() {
        let found = inspect(SamplePicture.png(width: 640, height: 2))
        #expect(found.kind == .png)
        #expect(found.extent == .picture(width: 640, height: 2))
    }

    @Test func aJPEGTellsItsSizeBehindNotes() {
        let note = [0xFF, 0xE1] + number(70_00, bytes: 2) + [UInt8](repeating: 0xFF, count: 6998)
        let frame = [0xFF, 0xC2] + number(17, bytes: 2) + [8] + number(480, bytes: 2) + number(640, bytes: 2)
        let found = inspect([0xFF, 0xD8] + note + [0xFF] + frame, piece: 512)
        #expect(found.kind == .jpeg)
        #expect(found.extent == .picture(width: 640, height: 480))
    }

    @Test(arguments: [
        ("VP8 ", [0, 0, 0, 0, 0x30, 0x01, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01]),
        ("VP8L", [0, 0, 0, 0, 0x2F, 0x7F, 0xC2, 0x77, 0x00]),
        ("VP8X", [0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 0x02, 0, 0xDF, 0x01, 0]),
    ])
    func aWebPTellsItsSize(chunk: String, rest: [UInt8]) {
        let found = inspect(Array("RIFF????WEBP".utf8) + Array(chunk.utf8) + rest)
        #expect(found.kind == .webp)
        #expect(found.extent == .picture(width: 640, height: 480))
    }

    @Test(arguments: [
        "<svg/>", "\u{FEFF}<?xml version=\"1.0\"?>\n<!-- A drawing -->\n<!DOCTYPE svg>\n<svg xmlns=\"\"></svg>",
    ])
    func aDrawingIsToldByItsFirstElement(text: String) {
        #expect(inspect(Array(text.utf8)).kind == .svg)
    }

    @Test func aDocumentMayBeginLate() {
        #expect(inspect(Array("\n\n%PDF-1.7\n".utf8)).kind == .pdf)
    }

    @Test(arguments: [
        "", "Hello", "<html><svg></svg></html>", "<svgs/>", "<!-- <svg/>", "GIF89a", "PK\u{03}\u{04}", "RIFF????WAVE",
    ])
    func everythingElseIsNothing(text: String) {
        let found = inspect(Array(text.utf8))
        #expect(found.kind == nil)
        #expect(found.extent == .unknown)
    }

    @Test func aTornPictureHasNoSize() {
        let found = inspect(Array(SamplePicture.png(width: 3, height: 3).prefix(18)))
        #expect(found.kind == .png)
        #expect(found.extent == .unknown)
    }
}

/// Pictures for tests.
enum SamplePicture {
    /// The beginning of a picture, which is all that anybody here looks at; `salt` tells pictures apart.
    static func png(width: Int, height: Int, salt: String = "") -> [UInt8] {
        func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * (3 - $0)) & 0xFF) } }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + number(13) + Array("IHDR".utf8) + number(width)
            + number(height) + [8, 2, 0, 0, 0] + Array(salt.utf8)
    }
}
