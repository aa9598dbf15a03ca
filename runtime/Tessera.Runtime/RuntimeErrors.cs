using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime;

/// <summary>Every error of sessions and runs in one place, so that a code is given once. Batches have <see cref="BatchErrors"/>.</summary>
internal static class RuntimeErrors
{
    public static TesseraRuntimeException FileMissing(string path, bool isDirectory) => new("TSR0700", $"model '{path}'",
        isDirectory ? "is a folder." : "there is no such file.", "Pass the path of an .onnx file.");

    public static TesseraRuntimeException FileUnreadable(string path, Exception inner) => new("TSR0701", $"model '{path}'",
        $"cannot be read: {inner.Message}", "Check the file's permissions.", inner);

    public static TesseraRuntimeException ModelRejected(string source, Exception inner) => new("TSR0702", $"model {source}",
        $"ONNX Runtime refuses it: {inner.Message}",
        "Is the file complete, an ONNX model, and are its operators known (Tessera's own need UseTesseraKernels, or their function bodies in the file)?", inner);

    public static TesseraRuntimeException ModelEmpty(string source) => new("TSR0703", $"model {source}",
        "holds 0 bytes.", "A model cut short while it was written? Compile it again.");

    public static TesseraRuntimeException ProviderMissing(string provider, IEnumerable<string> available) => new("TSR0704", $"provider {provider}",
        $"this build of ONNX Runtime has only {string.Join(", ", available)}.",
        "Build with -p:OnnxRuntimePackage=Microsoft.ML.OnnxRuntime.Gpu, or run on the CPU.");

    public static TesseraRuntimeException BadOption(string name, object value, string wanted) => new("TSR0705", $"option {name}",
        $"is {value}, not {wanted}.", "");

    public static TesseraRuntimeException NativeMissing(Exception inner) => new("TSR0706", "ONNX Runtime",
        "its native library is not there: Tessera.Runtime brings the managed bindings alone.",
        "Add a PackageReference to Microsoft.ML.OnnxRuntime, or to Microsoft.ML.OnnxRuntime.Gpu.", inner);

    public static TesseraRuntimeException MissingInput(TensorSpec spec, IEnumerable<string> given) => new("TSR0710", $"input '{spec.Name}'",
        $"the model needs {spec}, the run has {List(given)}.", $"Add TensorInput.From(\"{spec.Name}\", …).");

    public static TesseraRuntimeException UnknownInput(string name, IEnumerable<string> known) => new("TSR0711", $"input '{name}'",
        $"the model has no such input, only {List(known)}.", "Names are case-sensitive.");

    public static TesseraRuntimeException DuplicateInput(string name, int first, int second) => new("TSR0712", $"input '{name}'",
        $"is given twice, as inputs {first} and {second} of the run.", "Give each input once.");

    public static TesseraRuntimeException DTypeMismatch(TensorSpec spec, TensorElementType given) => new("TSR0713", $"input '{spec.Name}'",
        $"the model wants {ElementTypes.NameOf(spec.ElementType)}, the run gives {ElementTypes.NameOf(given)}.",
        $"Pass data of {ElementTypes.HolderOf(spec.ElementType)}.");

    public static TesseraRuntimeException RankMismatch(TensorSpec spec, TensorInput given) => new("TSR0714", $"input '{spec.Name}'",
        $"ranks differ: the model wants {spec.Type}, the run gives {Type(given)}; {spec.Dims.Count} ≠ {given.Dims.Length}.",
        "One example's model takes no batch axis, a batched one does.");

    public static TesseraRuntimeException SizeMismatch(TensorSpec spec, TensorInput given, int axis) => new("TSR0715", $"input '{spec.Name}'",
        $"sizes of axis {axis} differ: the model wants {spec.Type}, the run gives {Type(given)}; {spec.Dims[axis].Size} ≠ {given.Dims[axis]}.",
        "This size is fixed in the model.");

    public static TesseraRuntimeException SymbolMismatch(TensorSpec spec, TensorInput given, int axis, string otherInput, long otherSize) => new("TSR0716", $"input '{spec.Name}'",
        $"axis {axis} is '{spec.Dims[axis].Symbol}' = {given.Dims[axis]}, but input '{otherInput}' has '{spec.Dims[axis].Symbol}' = {otherSize}.",
        "A symbol has one size in a run.");

    public static TesseraRuntimeException CountMismatch(string subject, long length, ReadOnlySpan<long> dims) => new("TSR0717", subject,
        $"holds {length} elements, but {Shapes.Text(dims)} has {Product(dims)}.", "Pass every size, outermost first; no sizes at all means a scalar.");

    public static TesseraRuntimeException NegativeSize(string subject, ReadOnlySpan<long> dims) => new("TSR0718", subject,
        $"{Shapes.Text(dims)} has a negative size.", "A run needs actual sizes, 0 or more.");

    public static TesseraRuntimeException NotATensor(string subject, string kind) => new("TSR0719", subject,
        $"is a {kind}, not a tensor.", "A ModelSession feeds tensors only.");

    public static TesseraRuntimeException UnknownOutput(string name, IEnumerable<string> known) => new("TSR0720", $"output '{name}'",
        $"there is no such output, only {List(known)}.", "Names are case-sensitive.");

    public static TesseraRuntimeException OutputDTypeMismatch(string name, TensorElementType actual, string asked) => new("TSR0721", $"output '{name}'",
        $"holds {ElementTypes.NameOf(actual)}, not {asked}.", $"Read it as {ElementTypes.HolderOf(actual)}.");

    public static TesseraRuntimeException DuplicateOutput(string name) => new("TSR0722", $"output '{name}'",
        "is asked for twice.", "Ask for each output once.");

    public static TesseraRuntimeException RunFailed(string source, Exception inner) => new("TSR0723", $"model {source}",
        $"the run failed: {inner.Message}", "", inner);

    public static TesseraRuntimeException UnsupportedClrType(Type type) => new("TSR0724", type.Name,
        "no tensor type is made of it.", "Use a number, bool, Half, Float16 or BFloat16.");

    public static TesseraRuntimeException OutputShapeMismatch(TensorSpec spec, ReadOnlySpan<long> given) => new("TSR0725", $"output '{spec.Name}'",
        $"the model gives {spec.Type}, the buffer is {Shapes.Text(given)}.", "Sizes that the model fixes must be met.");

    public static TesseraRuntimeException UnnamedInput(int index) => new("TSR0726", $"input number {index} of the run",
        "is default(TensorInput), without a name.", "Make inputs by TensorInput.From.");

    public static TesseraRuntimeException NoOffsets(string input) => new("TSR0727", $"input '{input}'",
        "is empty; it holds one number more than there are examples, so at least a 0.", "Build it by BatchBuilder.");

    public static TesseraRuntimeException OffsetsEndElsewhere(string input, int end, string tokens, long count) => new("TSR0727", $"input '{input}'",
        $"ends at {end}, but input '{tokens}' has {count} tokens.", "Its last number is the sum of all lengths.");

    public static TesseraRuntimeException ExamplesDiffer(string input, int examples, string other, long otherExamples) => new("TSR0727", $"input '{input}'",
        $"is of {examples} examples, but input '{other}' has {otherExamples}.", "It holds one number more than there are examples.");

    public static TesseraRuntimeException LengthOutside(string input, int example, int length, string padded, long size) => new("TSR0728", $"input '{input}'",
        $"says that example {example} has {length} tokens, but input '{padded}' has room for 0 to {size}.", "Lengths count the tokens without padding.");

    public static TesseraRuntimeException RuleBroken(SizeRule rule, string place, Func<string, long> sizes) => new("TSR0729", place,
        $"{string.Join(", ", rule.Symbols.Select(symbol => $"{symbol} = {sizes(symbol)}"))} breaks the model's rule {rule.Text}.", "The module states it by [Where], or a layer needs it.");

    public static TesseraRuntimeException OtherSignature(string session, string? path, string difference) => new("TSR0745", $"session {session}",
        $"model '{path}' is not the one it was made for: {difference}", "Build again, so that both come from one source.");

    public static TesseraRuntimeException SizesUnknown(TensorSpec spec, string kind, long count, string maker) => new("TSR0746", $"{kind} '{spec.Name}'",
        $"is {spec.Type}, and its sizes do not follow from {count} elements and the other inputs.", $"Tell them: {maker}.");

    public static TesseraRuntimeException SizesContradict(TensorSpec spec, long count, long[] dims) => new("TSR0746", $"'{spec.Name}'",
        $"is {spec.Type}, which the other inputs make {Shapes.Text(dims)}, and holds {count} elements.", "A symbol has one size in a run.");

    public static TesseraRuntimeException SizesDoNotDivide(TensorSpec spec, long count, long others) => new("TSR0746", $"'{spec.Name}'",
        $"is {spec.Type}, and {count} elements are no whole number of {others}.", "Check its length, or tell its sizes.");

    public static string Type(TensorInput input) => $"{ElementTypes.NameOf(input.ElementType)}{Shapes.Text(input.Dims)}";

    private static string List(IEnumerable<string> names)
        => string.Join(", ", names.Select(name => $"'{name}'")) is { Length: > 0 } text ? text : "none";

    private static string Product(ReadOnlySpan<long> dims)
        => Shapes.Count(dims) is >= 0 and var count ? $"{count}" : "more than a 64-bit integer holds";
}
