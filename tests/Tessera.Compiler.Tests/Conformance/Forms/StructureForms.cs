using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;
using static Tessera.Compiler.Tests.Conformance.Forms.Form;

namespace Tessera.Compiler.Tests.Conformance.Forms;

/// <summary>Sequences, optionals, control flow, strings, signals and classical learning.</summary>
internal static class StructureForms
{
    public static IEnumerable<Form> All() => [.. Sequences(), .. Optionals(), .. Signals(), .. Strings(), .. Learning(), .. Preview()];

    private static NodeProto N(string op, string inputs, string outputs, params AttributeProto[] attributes) => ControlForms.N(op, inputs, outputs, attributes);

    private static IEnumerable<Form> Sequences()
    {
        RefSequence three = new([F(2), F(3), F(4)]);
        RefSequence same = new([F(2, 3), F(2, 3)]);
        return
        [
            Node("insert_front", 11, "SequenceInsert", [three, F(5), S(0)]),
            Node("insert_negative", 11, "SequenceInsert", [three, F(5), S(-1)]),
            Node("insert_end", 11, "SequenceInsert", [three, F(5)]),
            Node("erase", 11, "SequenceErase", [three, S(-3)]),
            Node("erase_last", 11, "SequenceErase", [three]),
            Node("at", 11, "SequenceAt", [three, T(DType.I32, [], 1)]),
            Node("length", 11, "SequenceLength", [three]),
            Node("construct", 11, "SequenceConstruct", [F(2), F(3)]),
            Node("concat_from", 11, "ConcatFromSequence", [same], [A("axis", -1)]),
            Node("concat_from_new", 11, "ConcatFromSequence", [same], [A("axis", -1), A("new_axis", 1)]),
            Node("split_nokeep", 11, "SplitToSequence", [F(3, 6)], [A("axis", 1), A("keepdims", 0)]),
            Node("split_scalar", 24, "SplitToSequence", [F(7, 2), S(2)], [A("axis", 0)]),
            Node("split_sizes", 11, "SplitToSequence", [F(3, 6), I(2, 4)], [A("axis", -1)]),
            Node("split_default", 11, "SplitToSequence", [F(3, 2)]),
            Graph("empty_length", 11, [], [N("SequenceEmpty", "", "s"), N("SequenceLength", "s", "y0")], 1),
            Graph("identity_sequence", 16, [three], [N("Identity", "x0", "y0")], 1),
        ];
    }

    private static IEnumerable<Form> Optionals() =>
    [
        Graph("optional_tensor", 18, [F(3)], [N("Optional", "x0", "o"), N("OptionalHasElement", "o", "y0"), N("OptionalGetElement", "o", "y1")], 2),
        Graph("optional_15", 15, [F(3)], [N("Optional", "x0", "o"), N("OptionalHasElement", "o", "y0")], 1),
        Graph("has_none", 18, [], [N("OptionalHasElement", "", "y0")], 1, [T(DType.Bool, [], 0)]),
        Node("get_sequence", 18, "OptionalGetElement", [new RefSequence([F(2), F(3)])]),
        Node("has_sequence", 18, "OptionalHasElement", [new RefSequence([F(2), F(3)])]),
        Node("get_optional_tensor", 15, "OptionalGetElement", [new RefOptional(F(2))], expected: [F(2)]),
        Node("has_optional_sequence", 18, "OptionalHasElement", [new RefOptional(new RefSequence([F(2)]))], expected: [T(DType.Bool, [], 1)]),
    ];

    private static IEnumerable<Form> Signals() =>
    [
        .. from window in new[] { "HannWindow", "HammingWindow", "BlackmanWindow" } from periodic in new[] { 0, 1 } select Node($"{window}_{periodic}", 17, window, [S(10)], [A("periodic", periodic)]),
        Node("hann_f64", 17, "HannWindow", [T(DType.I32, [], 10)], [A("output_datatype", (int)DType.F64)]),
        .. from onesided in new[] { 0, 1 } select Node($"dft_{onesided}", 20, "DFT", [F(1, 10, 10, 1), null, S(1)], [A("onesided", onesided)]),
        Node("dft_complex", 20, "DFT", [F(1, 10, 4, 2), null, S(1)]),
        Node("dft_inverse", 20, "DFT", [F(1, 10, 4, 2), null, S(1)], [A("inverse", 1)]),
        Node("dft_length", 20, "DFT", [F(1, 10, 4, 1), S(6), S(1)]),
        Node("dft_longer", 20, "DFT", [F(1, 6, 4, 2), S(9), S(-3)]),
        Node("dft_default_axis", 20, "DFT", [F(1, 6, 4, 1)]),
        Node("dft_17", 17, "DFT", [F(1, 10, 4, 1)], [A("axis", 2)]),
        Node("dft_17_inverse", 17, "DFT", [F(1, 10, 4, 2)], [A("axis", 1), A("inverse", 1)]),
        .. from onesided in new[] { 0, 1 } select Node($"stft_{onesided}", 17, "STFT", [F(1, 32, 1), S(8), null, S(16)], [A("onesided", onesided)]),
        Node("stft_window", 17, "STFT", [F(1, 32, 1), S(8), F(16)]),
        Node("stft_complex", 17, "STFT", [F(1, 32, 2), S(8), F(16), S(16)], [A("onesided", 0)]),
        Node("mel", 17, "MelWeightMatrix", [S(8), S(16), S(8192), T(DType.F32, [], 0), T(DType.F32, [], 4096)]),
    ];

    private static IEnumerable<Form> Strings() =>
    [
        Node("concat", 20, "StringConcat", [Str([2], "abc", "def"), Str([1], ".com")]),
        Node("regex", 20, "RegexFullMatch", [Str([3], "www.google.com", "www.facebook.com", "www.bbc.co.uk")], [A("pattern", @"www\.[\w.-]+\.\bcom\b")]),
        Node("split_none", 20, "StringSplit", [Str([2], "hello world !", "  hello   world !")], [], outputs: 2),
        Node("split_maxsplit", 20, "StringSplit", [Str([2, 2], "hello world", "def.net", "o n n x", "the quick brown fox")], [A("maxsplit", 2)], outputs: 2),
        Node("split_delimiter", 20, "StringSplit", [Str([2], "a,,b", "")], [A("delimiter", ",")], outputs: 2),
        .. from action in new[] { "LOWER", "UPPER", "NONE" }
           from sensitive in new[] { 0, 1 }
           select Node($"normalizer_{action}_{sensitive}", 10, "StringNormalizer", [Str([4], "monday", "Tuesday", "MONDAY", "thursday")], [A("case_change_action", action), A("is_case_sensitive", sensitive), A("stopwords", new[] { "monday" })]),
        Node("normalizer_2d", 10, "StringNormalizer", [Str([1, 6], "Monday", "tuesday", "wednesday", "Monday", "tuesday", "wednesday")], [A("case_change_action", "UPPER"), A("stopwords", new[] { "monday" })]),
        Node("normalizer_empty", 10, "StringNormalizer", [Str([2], "monday", "monday")], [A("case_change_action", "UPPER"), A("is_case_sensitive", 1), A("stopwords", new[] { "monday" })]),
        .. from mode in new[] { "TF", "IDF", "TFIDF" }
           from skip in new[] { 0, 5 }
           from length in new[] { (1, 1), (2, 2), (1, 2) }
           from batch in new[] { false, true }
           select Node($"tfidf_{mode}_{skip}_{length}_{batch}", 9, "TfIdfVectorizer", [batch ? T(DType.I32, [2, 6], 1, 1, 3, 3, 3, 7, 8, 6, 7, 5, 6, 8) : T(DType.I32, [12], 1, 1, 3, 3, 3, 7, 8, 6, 7, 5, 6, 8)],
               [A("mode", mode), A("min_gram_length", length.Item1), A("max_gram_length", length.Item2), A("max_skip_count", skip), A("ngram_counts", new[] { 0, 4 }), A("ngram_indexes", new[] { 0, 1, 2, 3, 4, 5, 6 }),
                A("pool_int64s", new[] { 2, 3, 5, 4, 5, 6, 7, 8, 6, 7 }), A("weights", new double[] { 1, 2, 3, .5, 1, 1, 2 })]),
        Node("tfidf_strings", 9, "TfIdfVectorizer", [Str([3], "a", "b", "a")], [A("mode", "TF"), A("min_gram_length", 1), A("max_gram_length", 1), A("max_skip_count", 0), A("ngram_counts", new[] { 0 }), A("ngram_indexes", new[] { 0, 1 }), A("pool_strings", new[] { "a", "b" })]),
    ];

    private static Form Ml(string name, int version, string op, RefValue?[] inputs, AttributeProto[] attributes, int outputs = 1, RefValue[]? expected = null) =>
        Node(name, 18, op, inputs, attributes, outputs, expected, "ai.onnx.ml", version);

    private static IEnumerable<Form> Learning() =>
    [
        Ml("extractor", 1, "ArrayFeatureExtractor", [F(3, 4), I(0, 2)], []),
        Ml("extractor_2d_index", 1, "ArrayFeatureExtractor", [T(DType.I64, [1, 4], 1, 2, 3, 4), T(DType.I64, [1, 2], 3, 0)], []),
        Ml("extractor_1d", 1, "ArrayFeatureExtractor", [Str([3], "a", "b", "c"), I(1, 1)], []),
        Ml("binarizer", 1, "Binarizer", [F(3, 4)], [A("threshold", 0.5f)]),
        Ml("label_tensor_mapping", 4, "LabelEncoder", [Str([5], "a", "b", "d", "c", "g")], [A("keys_tensor", Str([3], "a", "b", "c")), A("values_tensor", T(DType.I16, [3], 0, 1, 2)), A("default_tensor", T(DType.I16, [1], 42))], expected: [T(DType.I16, [5], 0, 1, 42, 2, 42)]),
        Ml("label_ints_floats", 2, "LabelEncoder", [I(1, 2, 9)], [A("keys_int64s", new[] { 1, 2 }), A("values_floats", new double[] { 1.5, 2.5 }), A("default_float", -7.0f)]),
        Ml("label_floats_strings", 2, "LabelEncoder", [V(1, 2, 9)], [A("keys_floats", new double[] { 1, 2 }), A("values_strings", new[] { "x", "y" }), A("default_string", "none")]),
        Ml("scaler", 1, "Scaler", [F(3, 2)], [A("offset", new double[] { 1, 2 }), A("scale", new double[] { .5, 2 })]),
        Ml("scaler_one", 1, "Scaler", [T(DType.I64, [2, 2], 1, 2, 3, 4)], [A("offset", new double[] { 1 }), A("scale", new double[] { .5 })]),
        .. from norm in new[] { "MAX", "L1", "L2" } select Ml($"normalizer_{norm}", 1, "Normalizer", [F(3, 4)], [A("norm", norm)]),
        Ml("imputer", 1, "Imputer", [T(DType.F32, [2, 2], 1, double.NaN, 3, double.NaN)], [A("imputed_value_floats", new double[] { 7, 8 }), A("replaced_value_float", double.NaN)]),
        Ml("imputer_ints", 1, "Imputer", [T(DType.I64, [1, 3], 1, 0, 3)], [A("imputed_value_int64s", new[] { 7 }), A("replaced_value_int64", 0)]),
        Ml("onehot_ints", 1, "OneHotEncoder", [I(5, 1, 9)], [A("cats_int64s", new[] { 1, 5, 7 })]),
        Ml("onehot_strings", 1, "OneHotEncoder", [Str([2], "b", "a")], [A("cats_strings", new[] { "a", "b" }), A("zeros", 1)]),
        Ml("category_strings", 1, "CategoryMapper", [Str([3], "a", "b", "q")], [A("cats_int64s", new[] { 1, 2 }), A("cats_strings", new[] { "a", "b" }), A("default_int64", -5)]),
        Ml("category_ints", 1, "CategoryMapper", [I(1, 2, 9)], [A("cats_int64s", new[] { 1, 2 }), A("cats_strings", new[] { "a", "b" }), A("default_string", "none")]),
        Ml("feature_vectorizer", 1, "FeatureVectorizer", [F(2, 2), F(2, 1)], [A("inputdimensions", new[] { 2, 1 })]),
        .. from post in new[] { "NONE", "SOFTMAX", "LOGISTIC" }
           select Ml($"linear_regressor_{post}", 1, "LinearRegressor", [F(3, 2)], [A("coefficients", new double[] { .1, .2, .3, .4 }), A("intercepts", new double[] { 1, -1 }), A("targets", 2), A("post_transform", post)]),
        Ml("linear_classifier", 1, "LinearClassifier", [F(3, 2)], [A("coefficients", new double[] { .1, .2, .3, .4, -.5, .6 }), A("intercepts", new double[] { 1, -1, 0 }), A("classlabels_ints", new[] { 3, 4, 5 }), A("multi_class", 1), A("post_transform", "SOFTMAX")], outputs: 2),
        Ml("tree_single", 5, "TreeEnsemble", [T(DType.F64, [6, 1], 1.2, 3.4, -.12, 1.66, 4.14, 1.77)],
        [
            A("n_targets", 2), A("membership_values", V()), A("tree_roots", new[] { 0 }), A("nodes_featureids", new[] { 0, 0, 0 }), A("nodes_splits", T(DType.F64, [3], 3.14, 1.2, 4.2)), A("nodes_modes", T(DType.U8, [3], 0, 0, 0)),
            A("nodes_truenodeids", new[] { 1, 0, 1 }), A("nodes_falsenodeids", new[] { 2, 2, 3 }), A("nodes_trueleafs", new[] { 0, 1, 1 }), A("nodes_falseleafs", new[] { 0, 1, 1 }),
            A("leaf_targetids", new[] { 0, 1, 0, 1 }), A("leaf_weights", T(DType.F64, [4], 5.23, 12.12, -12.23, 7.21)), A("aggregate_function", 1), A("post_transform", 0),
        ]),
    ];

    private static IEnumerable<Form> Preview() =>
    [
        .. from cast in new (DType, DType)[] { (DType.I32, DType.F32), (DType.F64, DType.I64), (DType.I64, DType.F64), (DType.I8, DType.U8), (DType.U32, DType.I32), (DType.F16, DType.I16), (DType.BF16, DType.U16) }
           select Node($"bitcast_{cast.Item1}_{cast.Item2}", 26, "BitCast", [Of(cast.Item1, 2, 3)], [A("to", (int)cast.Item2)]),
        Node("bitcast_bool", 26, "BitCast", [T(DType.Bool, [2], 1, 0)], [A("to", (int)DType.U8)], expected: [T(DType.U8, [2], 1, 0)]),
        Node("bitcast_scalar", 26, "BitCast", [T(DType.F32, [], 1)], [A("to", (int)DType.U32)], expected: [T(DType.U32, [], 0x3F800000)]),
    ];
}
