import FoundationEssentials
import Tenancy

// How the response is written.

extension PresetCatalogue {
    static let language: [PresetEvaluator] = [
        clarity, conciseness, coherence, informationDensity, readingEase, professionalWriting, creativeWriting,
        originality, engagingness, persuasiveness,
    ]

    private static let clarity = PresetEvaluator(
        UUID(high: 0x9976d9f3_7265_4732, low: 0xb518_d61c2642b14e), "Clarity",
        intent: "To measure how clear and easy to understand the response is.",
        inputs: [.response],
        guide: """
            Measure how clear the response is: does its intended reader understand on first reading what is meant?

            Look for plain sentence structure, unambiguous references ("it", "this"), terms that are common or \
            explained, an order that can be followed, and formatting that helps. Unclear are nested sentences, \
            undefined jargon, statements that can be read in two ways, and jumps of thought.

            1 - Understood at once and without ambiguity.
            0.75 - Clear; one or two places have to be read twice.
            0.5 - The main point comes across, and considerable parts are hard to follow or ambiguous.
            0.25 - The reader has to work out what is meant, and may work it out wrongly.
            0 - Unintelligible, or no text.

            Technical language is clear when its readership would expect it. Truth and usefulness do not matter.
            """)

    private static let conciseness = PresetEvaluator(
        UUID(high: 0xbe828d33_158a_4e92, low: 0xa2eb_f4d96c13f956), "Conciseness",
        intent: "To measure how brief and direct the response is, without redundancy.",
        inputs: [.response],
        guide: """
            Measure how concise the response is: does it say what it says directly, in no more words than that takes?

            Look for what could be struck out without loss: repetition, preambles ("Great question!", "In this \
            answer I will"), restating the question, filler, empty hedges, summaries of a short text, and lists that \
            spell out the obvious.

            1 - Nothing can be struck out without losing content.
            0.75 - A few words or a sentence are superfluous.
            0.5 - About a third could be struck out.
            0.25 - More than half could be struck out.
            0 - Almost all is padding or repetition, or no content is there at all.

            Length in itself is no fault: a long response with much to say can be fully concise, and a short one can \
            be padded.
            """)

    private static let coherence = PresetEvaluator(
        UUID(high: 0xe599886c_c338_458f, low: 0x91b3_5d7eba452618), "Coherence",
        intent: "To measure how logically and structurally coherent the response is.",
        inputs: [.response],
        guide: """
            Measure how coherent the response is: do its parts form one whole, in an order that makes sense, without \
            contradicting each other?

            Look at whether each sentence follows from or connects to what precedes, whether conclusions follow from \
            what was said, whether subjects are introduced before they are used, whether the response contradicts \
            itself, and whether it breaks off.

            1 - One consistent line of thought from beginning to end.
            0.75 - Coherent; a transition is abrupt or a part is out of place.
            0.5 - The parts make sense, and their connection is loose or partly missing.
            0.25 - Largely disconnected, or with a contradiction in an important point.
            0 - No connection, contradicting itself throughout, or no text.

            A list is coherent when its items are of one kind and in a sensible order. Whether the statements are true \
            does not matter, only whether they go together.
            """)

    private static let informationDensity = PresetEvaluator(
        UUID(high: 0x789a3dd8_7794_4f01, low: 0xb229_3a99088c82fc), "Information Density",
        intent: "To measure how much information the response carries for its length.",
        inputs: [.response],
        guide: """
            Measure how much information the response carries for its length.

            Count the distinct, specific pieces of information: facts, figures, names, reasons, steps, distinctions. \
            Set them in relation to the number of words. Generalities that hold for anything, repetition, \
            meta-remarks ("it is important to note") and filler carry none.

            1 - Nearly every clause brings a new, specific piece of information.
            0.75 - Dense; some sentences bring nothing new.
            0.5 - Information and filler of about equal extent.
            0.25 - A few pieces of information in much text.
            0 - No specific information, or no text.

            Whether the information is true or was asked for does not matter. A single informative sentence can be \
            fully dense.
            """)

    private static let readingEase = PresetEvaluator(
        UUID(high: 0x119d9587_9b33_4d43, low: 0xa6b6_ba116dfee31b), "Reading Ease",
        intent: "To measure how easily the response can be read.",
        inputs: [.response],
        guide: """
            Measure how easily the response can be read, as readability formulas such as Flesch's do: by the length \
            of sentences and words and how common the words are, in the language of the response.

            1 - Short sentences of common words; a child of eleven reads it with ease.
            0.75 - Plain language; readable by any adult without effort.
            0.5 - Like a good newspaper: longer sentences and some uncommon words; readable with ordinary attention.
            0.25 - Like an academic or legal text: long, nested sentences and many rare or abstract words.
            0 - Hardly readable even for a trained reader, or no readable text.

            Go by the text itself, not by how interesting or correct it is. Code, formulas and tables are left out of \
            account where they are not part of the sentences.
            """)

    private static let professionalWriting = PresetEvaluator(
        UUID(high: 0x059affa9_2d1c_48de, low: 0x8e97_f81dd3fc3cbe), "Quality of Writing - Professional",
        intent: "To measure the quality of the response as professional prose.",
        inputs: [.response],
        guide: """
            Measure the quality of the response as professional prose, such as a report, a letter or documentation.

            Judge these four, each of about equal weight: grammar, spelling and punctuation; clarity; concision; \
            precision of words. The tone is factual and fits a working relationship.

            1 - Could be published or sent to a client unchanged.
            0.75 - Good; a few blemishes that a quick edit removes.
            0.5 - Understandable; several errors, wordy or imprecise passages, or a tone that does not fit.
            0.25 - Needs to be rewritten: frequent errors, muddled or unsuitably colloquial.
            0 - Not usable as professional writing at all, or no text.

            Whether what it says is true or was asked for does not matter.
            """)

    private static let creativeWriting = PresetEvaluator(
        UUID(high: 0x060abfb6_57c9_43b5, low: 0x9a6d_8a1a9bb853b8), "Quality of Writing - Creative",
        intent: "To measure the quality of the response as creative writing.",
        inputs: [.response],
        guide: """
            Measure the quality of the response as creative writing: a story, a scene, a poem, or prose that wants \
            to be read for its own sake.

            Look at the voice, at concrete and surprising images instead of stock phrases, at rhythm and variety of \
            sentences, at characters or thoughts that live, at tension and form, and at showing rather than \
            asserting. Clichés, purple prose, a moral tacked on, and the smooth sameness of generated text count \
            against it.

            1 - Writing of an accomplished author: a voice of its own, memorable, formally assured.
            0.75 - Good, with a few stock phrases or weaker passages.
            0.5 - Competent and conventional.
            0.25 - Flat or clichéd throughout, with rare better moments.
            0 - No creative quality, or no text.

            Grammar counts only where breaking it serves nothing. The subject and its seriousness do not matter.
            """)

    private static let originality = PresetEvaluator(
        UUID(high: 0xe72cb54f_548a_44f9, low: 0xa6ca_4e14e5ade7f7), "Originality",
        intent: "To measure how original the response is in its ideas and expression.",
        inputs: [.response],
        guide: """
            Measure how original the response is: how far its ideas, connections and wording go beyond what most \
            writers would put down on the subject.

            Compare it with the expected, first-to-mind treatment. Original are an unusual point of view, a \
            connection that is not obvious, an example or image of its own. Unoriginal are the standard list, the \
            common opinion, stock phrases and quotation without a thought of one's own.

            1 - Surprising and apt: ideas or expression that hardly anyone would have come upon.
            0.75 - Clearly more than the usual, with conventional parts.
            0.5 - A familiar treatment with one or two touches of its own.
            0.25 - Almost entirely the expected.
            0 - Wholly stock or copied, or no text.

            Strangeness without sense is not originality. Correctness and style are not measured.
            """)

    private static let engagingness = PresetEvaluator(
        UUID(high: 0x64729487_d4a8_42d8, low: 0xbd9e_72fd8390c134), "Engagingness",
        intent: "To measure how engaging the response is to read.",
        inputs: [.response],
        guide: """
            Measure how engaging the response is: does it catch the reader's attention and keep it to the end?

            Look for an opening that draws in, concrete detail and example, variety, addressing what matters to the \
            reader, a recognisable voice, and a sense of where it leads. Monotony, abstraction, generic phrases and \
            mere enumeration lose the reader.

            1 - One wants to read on at every point and would like to answer.
            0.75 - Holds the attention, with dull stretches.
            0.5 - Neither attracts nor repels; read from duty.
            0.25 - Tedious for the most part.
            0 - Nobody would finish it, or no text.

            Exclamation marks, emojis and flattery do not engage. Correctness is not measured.
            """)

    private static let persuasiveness = PresetEvaluator(
        UUID(high: 0x85bb6a74_f5dd_4130, low: 0x8dcc_cffdf72327cc), "Persuasiveness",
        intent: "To measure how persuasive the response is.",
        inputs: [.response],
        guide: """
            Measure how persuasive the response is to a sensible reader who is undecided.

            Look at whether there is a recognisable position, reasons that bear on it, evidence or examples, whether \
            the obvious objections are met, whether the speaker comes across as credible, and whether it speaks to \
            what the reader cares about. Fallacies, pressure, exaggeration and assertion without reasons weaken it.

            1 - Would win over most undecided readers.
            0.75 - Convincing, with a gap in the reasons or an objection left open.
            0.5 - Has some weight and leaves the reader undecided.
            0.25 - Weak reasons, or mostly assertion.
            0 - Persuades of nothing, turns the reader against its position, or takes none.

            Whether you share the position does not matter.
            """)
}
