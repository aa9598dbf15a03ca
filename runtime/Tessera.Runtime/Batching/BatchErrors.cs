namespace Tessera.Runtime;

/// <summary>Every error of batches and packing plans.</summary>
internal static class BatchErrors
{
    public static TesseraRuntimeException Empty(string symbol) => new("TSR0730", $"batch over '{symbol}'",
        "has 0 examples.", "A batch needs at least one.");

    public static TesseraRuntimeException NoFeatures() => new("TSR0730", "batch",
        "has no features and so no examples.", "Add at least one feature before building it.");

    public static TesseraRuntimeException ElementsDoNotDivide(string feature, int example, int elements, long rowSize, ReadOnlySpan<long> rowDims) => new("TSR0731", $"feature '{feature}'",
        $"example {example} has {elements} elements, which are no whole rows of {Shapes.Text(rowDims)} = {rowSize}.", "Every example has the same row shape.");

    public static TesseraRuntimeException LengthsDiffer(string feature, string symbol, int example, int length, string other, int otherLength) => new("TSR0731", $"feature '{feature}'",
        $"example {example} has {length} rows over '{symbol}', but feature '{other}' has {otherLength}.", "Features over one symbol have the same lengths; else give them a symbol of their own.");

    public static TesseraRuntimeException TooManyTokens(string symbol, int example, long tokens) => new("TSR0732", $"batch over '{symbol}'",
        $"reaches {tokens} tokens with example {example}; cu_seqlens is int32 and ends at {int.MaxValue}.", "Split it by PackingPlan.FirstFit.");

    public static TesseraRuntimeException TooManyElements(string feature, long elements) => new("TSR0732", $"feature '{feature}'",
        $"comes to {(elements < 0 ? "more than 2^63" : elements)} elements in one buffer, more than {Array.MaxLength}.", "Split the batch by PackingPlan.FirstFit.");

    public static TesseraRuntimeException OverBudget(string symbol, long tokens, int budget) => new("TSR0733", $"batch over '{symbol}'",
        $"has {tokens} tokens, the budget is {budget}.", "Split it by PackingPlan.FirstFit.");

    public static TesseraRuntimeException ExampleOverBudget(int example, int length, int budget) => new("TSR0733", $"example {example}",
        $"has {length} tokens, the budget is {budget}.", "No batch can hold it: shorten it or raise the budget.");

    public static TesseraRuntimeException NegativeLength(string symbol, int example, int length) => new("TSR0734", $"batch over '{symbol}'",
        $"example {example} has length {length}.", "A length is 0 or more.");

    public static TesseraRuntimeException BadCuSeqlens(string symbol, int index, int value, int floor) => new("TSR0735", $"cu_seqlens of '{symbol}'",
        index == 0 ? $"starts at {value}, not {floor}." : $"falls at index {index}, from {floor} to {value}.", "It is the running sum of the lengths, from 0.");

    public static TesseraRuntimeException CountsDiffer(string feature, int count, string other, int otherCount) => new("TSR0736", $"feature '{feature}'",
        $"has {count} examples, but feature '{other}' has {otherCount}.", "Every feature has one entry for each example.");

    public static TesseraRuntimeException RowsDoNotDivide(string symbol, int elements, int tokens) => new("TSR0737", $"tensor over '{symbol}'",
        $"has {elements} elements, which do not divide into {tokens} rows.", "Is its first axis this symbol's?");

    public static TesseraRuntimeException FirstAxisDiffers(string output, ReadOnlySpan<long> dims, long wanted, string what) => new("TSR0737", $"output '{output}'",
        $"is {Shapes.Text(dims)}; its first axis should be {wanted}, {what}.", "Is the output token-major, or one row an example?");

    public static TesseraRuntimeException SecondAxisDiffers(string output, ReadOnlySpan<long> dims, long wanted, string symbol) => new("TSR0737", $"output '{output}'",
        $"is {Shapes.Text(dims)}; its second axis should be {wanted}, the longest of '{symbol}'.", "Is the output [batch, longest, …]?");

    public static TesseraRuntimeException DuplicateFeature(string feature) => new("TSR0738", $"feature '{feature}'",
        "is added twice.", "Give each input of the model once.");

    public static TesseraRuntimeException NullExample(string feature, int example) => new("TSR0740", $"feature '{feature}'",
        $"example {example} is null.", "An example without tokens is an empty array.");

    public static TesseraRuntimeException UnknownSymbol(string symbol, IEnumerable<string> known) => new("TSR0739", $"symbol '{symbol}'",
        $"the batch has only {string.Join(", ", known.Select(name => $"'{name}'"))}.", "Symbols come from the features.");
}
