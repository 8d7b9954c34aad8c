import WireAPI

/// Asks for a server of which one wants to know what it can do.
enum ProbeForm {
    static func screen() -> FormScreen<OperatorServerProbe> {
        FormScreen(
            "Try a server",
            note:
                "A server of your own that speaks like OpenAI: vLLM, llama.cpp, Ollama. It is asked for its models and for a few short answers.",
            Form([
                .text("url", "Address", hint: "such as http://gpu1:8000/v1", isRequired: true),
                .secret("key", "Key", hint: "where it wants one; it is not kept"),
                .text("model", "Model", hint: "empty for the first that it lists"),
            ]), verb: "try"
        ) { values throws(FormProblem) in
            guard ["http://", "https://"].contains(where: values["url"].lowercased().hasPrefix) else {
                throw FormProblem("url", "begins with http:// or https://")
            }
            return .probeServer(
                OperatorServerProbeWish(url: values["url"], key: values.text("key"), model: values.text("model")))
        } done: { probe, context in
            context.push(ProbeScreen(probe))
        }
    }
}
