namespace Tessera.Ir.Evaluate;

/// <summary>What the reference semantics of an op may ask: operand values, sizes, and to run a region.</summary>
public sealed class EvalContext
{
    private readonly SymbolTable _symbols;

    internal EvalContext(Op op, IReadOnlyList<IrType> types, IReadOnlyList<RefValue?> operands, SymbolTable symbols)
    {
        Op = op;
        Types = types;
        Operands = operands;
        _symbols = symbols;
    }

    public Op Op { get; }

    /// <summary>Inferred types of the results.</summary>
    public IReadOnlyList<IrType> Types { get; }

    /// <summary>Operand values in the layout of <see cref="Op.Operands"/>.</summary>
    public IReadOnlyList<RefValue?> Operands { get; }

    /// <summary>A required tensor operand.</summary>
    public RefTensor Tensor(int operand) => (RefTensor)Operands[operand]!;

    /// <summary>An optional tensor operand.</summary>
    public RefTensor? OptionalTensor(int operand) => operand < Operands.Count ? (RefTensor?)Operands[operand] : null;

    /// <summary>The element type of a result.</summary>
    public DType ResultDType(int output = 0) => ((TensorType)Types[output]).DType;

    /// <summary>A size under the symbols bound so far.</summary>
    public long Size(Dim dim) => dim.Evaluate(_symbols.Lookup);

    public long[] Sizes(Shape shape) => [.. shape.Select(Size)];

    /// <summary>Runs a region on argument values; symbols of the surrounding graph are visible in it.</summary>
    public IReadOnlyList<RefValue> Run(Region region, IReadOnlyList<RefValue> arguments) =>
        Evaluator.Run(region.Parameters, region.Results, arguments, _symbols.Nested(s => region.Builder.IsDataDependent(Dim.Sym(s))));

    /// <summary>An error of the data (an index out of range, a length that lies), naming the op.</summary>
    public TesseraException Error(string message) => new("TSR0301", "", $"{Op.Schema.Name}: {message}");
}
