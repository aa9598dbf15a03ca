namespace Tessera.Ir.Onnx;

/// <summary>
/// The ONNX form of an op as a two-way table: the emitter takes the newest row that the target opset has,
/// the reader the newest row of the node's own opset whose fixed attributes agree.
/// </summary>
public sealed record OnnxMapping(EquatableArray<OnnxRow> Rows)
{
    public OnnxMapping(params ReadOnlySpan<OnnxRow> rows)
        : this(EquatableArray.Create(rows))
    {
    }

    /// <summary>The same operands and direct attributes in every version since <paramref name="since"/>.</summary>
    public static OnnxMapping Simple(string opType, int since, params ReadOnlySpan<OnnxAttr> attributes) =>
        new(new OnnxRow(opType, since) { Attributes = EquatableArray.Create(attributes) });

    /// <summary>The same, with element types of operands that no version takes.</summary>
    public OnnxMapping Lacks(params ReadOnlySpan<DType> types) => TakesFrom(LaterType.Never, types);

    /// <summary>The same, with element types of operands that ONNX takes only from a later version on.</summary>
    public OnnxMapping TakesFrom(int since, params ReadOnlySpan<DType> types)
    {
        LaterType[] later = [.. types.ToArray().Select(t => new LaterType(t, since))];
        return new OnnxMapping(Rows.Select(r => r with { Later = r.Later.Concat(later).ToEquatableArray() }).ToEquatableArray());
    }

    /// <summary>Domain of the fused ops that carry a function body.</summary>
    public const string TesseraDomain = "ai.tessera";

    /// <summary>The row by which <paramref name="op"/> is written, or null when the target has none.</summary>
    /// <param name="op">The op.</param>
    /// <param name="opset">Version of <c>ai.onnx</c> that the model imports.</param>
    /// <param name="allows">Whether the target may use a domain besides <c>ai.onnx</c>.</param>
    public OnnxRow? RowFor(Op op, int opset, Func<string, bool> allows) =>
        Best(op, opset, allows, ofItsType: true);

    /// <summary>Whether the target has the op, but not for the element type it is over.</summary>
    internal bool LacksType(Op op, int opset, Func<string, bool> allows) =>
        RowFor(op, opset, allows) is null && Best(op, opset, allows, ofItsType: false) is not null;

    private OnnxRow? Best(Op op, int opset, Func<string, bool> allows, bool ofItsType)
    {
        OnnxRow? best = null;
        foreach (OnnxRow row in Rows)
        {
            bool has = row.Domain.Length == 0 ? row.Since <= opset && opset < row.Until : allows(row.Domain);
            if (has && (best is null || Rank(row).CompareTo(Rank(best)) > 0) && (!ofItsType || row.Takes(op, opset)) && (row.When is null || row.When(op)))
            {
                best = row;
            }
        }

        return best;
    }

    private static (bool, bool, int) Rank(OnnxRow row) => (row.Domain.Length > 0, row.IsPreferred, row.Since);
}

/// <summary>One form of an op, from one opset version on.</summary>
/// <param name="OpType">ONNX operator name.</param>
/// <param name="Since">First version of the domain's opset that has this form.</param>
public sealed record OnnxRow(string OpType, int Since)
{
    /// <summary>Empty for <c>ai.onnx</c>.</summary>
    public string Domain { get; init; } = "";

    /// <summary>First version that no longer has this form.</summary>
    public int Until { get; init; } = int.MaxValue;

    /// <summary>Inputs in ONNX order; null means the op's operands as they stand.</summary>
    public EquatableArray<OnnxArgument>? Inputs { get; init; }

    public EquatableArray<OnnxAttr> Attributes { get; init; }

    /// <summary>Position of each result among the node's outputs, rising; null means as they stand. Positions between are left out.</summary>
    public EquatableArray<int>? Outputs { get; init; }

    /// <summary>Which ops this row can express; null for all.</summary>
    public Func<Op, bool>? When { get; init; }

    /// <summary>Whether it is written wherever it fits, although another form of the op is newer.</summary>
    public bool IsPreferred { get; init; }

    /// <summary>Element types of operands that came later than the form.</summary>
    public EquatableArray<LaterType> Later { get; init; }

    /// <summary>Whether the form has the op's element types at the version.</summary>
    internal bool Takes(Op op, int opset) =>
        Later.All(l => l.Since <= opset || !op.Operands.Any(v => v?.Type is TensorType { DType: var type } && type == l.Type))
        && !op.Operands.Any(v => v is not null && IsYounger(v, opset)) && !op.Outputs.Any(v => IsYounger(v, opset));

    // Of the domain of ONNX, and of our own, whose functions are made of it: others have versions of their own.
    private bool IsYounger(Value value, int opset) => Domain is "" or OnnxMapping.TesseraDomain && value.Type is TensorType { DType: var type } && type.Since() > opset;
}

/// <summary>An element type that a form takes from a version on.</summary>
public readonly record struct LaterType(DType Type, int Since)
{
    /// <summary>In place of a version: none takes it.</summary>
    public const int Never = int.MaxValue;
}

/// <summary>What stands at one input position of a node.</summary>
public abstract record OnnxArgument
{
    private protected OnnxArgument()
    {
    }

    /// <summary>An operand of the op by its text name; a variadic one takes all remaining positions.</summary>
    public sealed record Operand(string Name) : OnnxArgument;

    /// <summary>An integer-list attribute given as a constant <c>i64[k]</c> input; absent when the list is empty and <paramref name="OmitEmpty"/>.</summary>
    public sealed record Ints(string Attribute, bool OmitEmpty = false) : OnnxArgument;

    /// <summary>A shape attribute given as an <c>i64[k]</c> input, computed from the graph's sizes where it is symbolic.</summary>
    public sealed record Dims(string Attribute) : OnnxArgument;

    /// <summary>A real attribute given as a scalar constant of operand 0's element type.</summary>
    public sealed record Scalar(string Attribute) : OnnxArgument;

    /// <summary>An integer attribute given as a constant <c>i64[]</c> (rank 0), or <c>i64[1]</c>.</summary>
    public sealed record Int(string Attribute, bool Vector = false) : OnnxArgument;

    /// <summary>An optional ONNX input that is left out.</summary>
    public sealed record Missing : OnnxArgument;
}

/// <summary>One attribute of a node.</summary>
public abstract record OnnxAttr(string Name)
{
    /// <summary>The op's attribute of text name <paramref name="Attribute"/>, in its natural ONNX kind.</summary>
    /// <param name="Name">Name in ONNX.</param>
    /// <param name="Attribute">Text name in the IR.</param>
    /// <param name="OnnxDefault">What ONNX takes when it is absent (long, Real, string or an integer list); null when the IR's default is the same.</param>
    public sealed record Direct(string Name, string Attribute, object? OnnxDefault = null) : OnnxAttr(Name);

    /// <summary>A constant that marks this form (an integer, a float or a string); rows are told apart by it when reading.</summary>
    /// <param name="Name">Name in ONNX.</param>
    /// <param name="Value">Its value: long, Real or string.</param>
    /// <param name="IsDefault">ONNX takes this value when the attribute is absent.</param>
    public sealed record Fixed(string Name, object Value, bool IsDefault = false) : OnnxAttr(Name);

    public static OnnxAttr Of(string name) => new Direct(name, name);
}
