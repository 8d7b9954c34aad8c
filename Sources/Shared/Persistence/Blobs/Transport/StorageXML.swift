internal import XML

extension XMLElement {
    /// What a store answers, whatever it calls its namespace; `nil` for what is no XML.
    static func answer(_ body: [UInt8]) -> XMLElement? {
        do throws(XMLProblem) {
            return try XMLReader.read(String(decoding: body, as: UTF8.self), limits)
        } catch {
            // Whoever reads says that the answer is not understood.
            return nil
        }
    }

    private static let limits = XMLLimits(
        bytes: 8 << 20, depth: 16, elements: 100_000, attributesOfAnElement: 16, namespaces: 20_000,
        namespacesInScope: 32, allowsComments: true)

    /// The text of the first child of that name.
    func text(_ name: String) -> String? { children.first { $0.name == name }?.value }

    /// The children of that name.
    func elements(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }
}
