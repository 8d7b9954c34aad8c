/// PDF documents for tests, written by hand.
public enum SamplePDF {
    /// A document with a page for each text, of one line; a page without text has a drawing.
    public static func document(_ pages: [String]) -> [UInt8] {
        let first = 4
        let kids = pages.indices.map { "\(first + 2 * $0) 0 R" }.joined(separator: " ")
        var objects = [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
        for (index, text) in pages.enumerated() {
            let number = first + 2 * index
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents \(number + 1) 0 R "
                    + "/Resources << /Font << /F1 3 0 R >> >> >>")
            objects.append(
                stream(text.isEmpty ? "10 10 50 50 re f" : "BT /F1 12 Tf 72 720 Td (\(escaped(text))) Tj ET"))
        }
        return file(objects)
    }

    /// A document of a few hundred bytes whose only page draws one word so many times: ten to the power of `depth`.
    public static func bomb(depth: Int) -> [UInt8] {
        var objects = [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
                + "/Resources << /XObject << /X \(6 + depth) 0 R >> >> >>", stream("/X Do"),
        ]
        let form = "/Type /XObject /Subtype /Form /BBox [0 0 612 792]"
        objects.append(
            stream("BT /F1 12 Tf 72 720 Td (bomb) Tj ET", "\(form) /Resources << /Font << /F1 3 0 R >> >>"))
        for level in 0..<depth {
            objects.append(
                stream(
                    Array(repeating: "/X Do", count: 10).joined(separator: " "),
                    "\(form) /Resources << /XObject << /X \(6 + level) 0 R >> >>"))
        }
        return file(objects)
    }

    private static func stream(_ content: String, _ members: String = "") -> String {
        "<< \(members) /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("(", with: "\\(").replacing(")", with: "\\)")
    }

    private static func file(_ objects: [String]) -> [UInt8] {
        var text = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(text.utf8.count)
            text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = text.utf8.count
        text += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            let digits = "\(offset)"
            text += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        text += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return Array(text.utf8)
    }
}
