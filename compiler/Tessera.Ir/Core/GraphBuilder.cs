namespace Tessera.Ir;

/// <summary>
/// Makes values and owns the interner: an op equal to an earlier one yields the earlier values, so common
/// subexpressions never exist twice. Not safe for concurrent use.
/// </summary>
public sealed class GraphBuilder
{
    private readonly Dictionary<Op, Value[]> _interned = new(new ByContent());
    private readonly List<Constraint> _constraints = [];
    private readonly HashSet<string> _reserved = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ofInputs = new(StringComparer.Ordinal);
    private readonly List<string> _fresh = [];
    private readonly HashSet<string> _dataDependent = new(StringComparer.Ordinal);
    private readonly Dictionary<Value, Dim> _sizes = [];
    private readonly List<(Value Number, int Output, int Axis)> _newSizes = [];
    private int _nextId;
    private int _nextUnique;

    /// <param name="constraints">What is known of the symbolic sizes.</param>
    public GraphBuilder(IEnumerable<Constraint>? constraints = null)
    {
        _constraints.AddRange(constraints ?? []);
        Facts = new DimFacts(_constraints);
    }

    public IReadOnlyList<Constraint> Constraints => _constraints;

    public DimFacts Facts { get; private set; }

    /// <summary>
    /// Takes sizes that are neither proved equal nor unequal for equal: for graphs from elsewhere, whose sizes are claims that
    /// the runtime checks. Where sizes broadcast and it is not known how, the result has a size of its own.
    /// </summary>
    public bool TakesClaims { get; init; }

    /// <summary>Place given to values emitted without one.</summary>
    public SourceLocation Source { get; set; } = SourceLocation.None;

    /// <summary>Adds knowledge about sizes; values already made keep their types.</summary>
    public void Assume(Constraint constraint)
    {
        if (!_constraints.Contains(constraint))
        {
            _constraints.Add(constraint);
            Facts = new DimFacts(_constraints);
        }
    }

    /// <summary>The single result of <paramref name="op"/>.</summary>
    /// <exception cref="TesseraException">Its operands' types do not fit.</exception>
    /// <exception cref="ArgumentException">The op has several results.</exception>
    public Value Emit(Op op, SourceLocation? source = null) => EmitAll(op, source) is [var value]
        ? value
        : throw new ArgumentException($"{op.Schema.Name} has {op.OutputCount} results; use EmitAll.", nameof(op));

    /// <summary>All results of <paramref name="op"/>.</summary>
    public IReadOnlyList<Value> EmitAll(Op op, SourceLocation? source = null)
    {
        ArgumentNullException.ThrowIfNull(op);
        if (_interned.TryGetValue(op, out Value[]? known))
        {
            return known;
        }

        SourceLocation place = source ?? Source;
        return Register(op, Infer(op, place), place);
    }

    /// <summary>
    /// Like <see cref="EmitAll"/>, but results take the given types wherever inference agrees with them up to the names of
    /// sizes that only run time knows: what a parser reads, or a pass rebuilds, keeps those names.
    /// </summary>
    public IReadOnlyList<Value> EmitAs(Op op, IReadOnlyList<IrType?> types, SourceLocation? source = null)
    {
        ArgumentNullException.ThrowIfNull(op);
        if (_interned.TryGetValue(op, out Value[]? known))
        {
            return known;
        }

        SourceLocation place = source ?? Source;
        IReadOnlyList<IrType> inferred = Infer(op, place);
        IReadOnlyList<IrType> named = FreshNames.Adopt(inferred, types, _fresh, Facts);
        if (!named.SequenceEqual(inferred))
        {
            _reserved.UnionWith(named.SelectMany(IrTypes.Symbols));
            _dataDependent.UnionWith(named.SelectMany(IrTypes.Symbols).Except(inferred.SelectMany(IrTypes.Symbols)));
        }

        return Register(op, named, place);
    }

    /// <summary>The types that inference gives the op now, under the names that its results have.</summary>
    internal IReadOnlyList<IrType> InferAgain(Op op)
    {
        IReadOnlyList<IrType> inferred = Infer(op, op.Outputs[0].Source);
        return FreshNames.Adopt(inferred, [.. op.Outputs.Select(static v => v.Type)], _fresh, Facts);
    }

    // What computes with sizes knows no op: an error of it is given the op's place.
    private IReadOnlyList<IrType> Infer(Op op, SourceLocation place)
    {
        _fresh.Clear();
        _newSizes.Clear();
        try
        {
            return op.InferTypes(new InferContext(this, op, place));
        }
        catch (TesseraException error) when (error.Code is "TSR0101" or "TSR0102" && place != SourceLocation.None)
        {
            throw error.At($"{place} {op.Schema.Name}");
        }
    }

    /// <summary>Keeps symbols from being made up here: another graph, parts of which are to be emitted, uses them.</summary>
    public void Reserve(IEnumerable<string> symbols) => _reserved.UnionWith(symbols);

    private Value[] Register(Op op, IReadOnlyList<IrType> types, SourceLocation place)
    {
        // An op has one owner: what another builder emitted is copied, so that its results there stay its own.
        Op given = op;
        op = op.IsEmitted ? op with { } : op;
        if (op is Ops.Input)
        {
            _reserved.UnionWith(types.SelectMany(IrTypes.Symbols));
            _ofInputs.UnionWith(types.SelectMany(IrTypes.Symbols));
        }

        Value[] values = new Value[types.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = new Value(op, i, types[i], place, _nextId++);
        }

        op.Outputs = values;
        op.Owner = this;
        if (!ReferenceEquals(op, given))
        {
            Carry(given, values);
        }

        foreach (Value value in values)
        {
            value.Sizes = SizesOf(value);
        }

        foreach ((Value number, int output, int axis) in _newSizes)
        {
            _sizes[number] = values[output].Shape[axis];
        }

        _interned.Add(op, values);
        return values;
    }

    /// <summary>Notes what is said of a value, unless something is already: an input and a weight have a name of their own.</summary>
    public static void Note(Value value, Remark? remark)
    {
        ArgumentNullException.ThrowIfNull(value);
        value.Remark ??= remark;
    }

    /// <summary>Notes what is said of the node that an op is, unless something is already.</summary>
    public static void Note(Op op, Remark? remark)
    {
        ArgumentNullException.ThrowIfNull(op);
        op.Remark ??= remark;
    }

    /// <summary>What is said of an op's results goes along to the values in their place; what is said of the node, to one of its kind.</summary>
    internal static void Carry(Op op, IReadOnlyList<Value> values)
    {
        for (int i = 0; i < Math.Min(values.Count, op.OutputCount); i++)
        {
            if (values[i].Producer is not Ops.Parameter)
            {
                Note(values[i], op.Outputs[i].Remark);
            }
        }

        if (op.Remark is not null && values is [var first, ..] && first.Producer.GetType() == op.GetType())
        {
            Note(first.Producer, op.Remark);
        }
    }

    private static IReadOnlyList<Dim>? SizesOf(Value value)
    {
        if (value.Type is not TensorType { DType: DType.I64 or DType.I32, Shape: not null })
        {
            return null;
        }

        try
        {
            return value.Producer.DimContent(value.Index) is { Count: <= Value.MostSizes } content ? content : null;
        }
        catch (TesseraException)
        {
            // A size beyond 64 bits has no symbolic form; what it becomes is left to run time.
            return null;
        }
    }

    /// <summary>Whether this builder made the value, so that it may be an operand here.</summary>
    public bool Owns(Value value) => ReferenceEquals(value.Producer.Owner, this);

    /// <summary>A number no earlier call returned, for ops that must never merge (unseeded random, opaque).</summary>
    public long UniqueId() => _nextUnique++;

    /// <summary>Whether a size is known only when the graph runs.</summary>
    public bool IsDataDependent(Dim dim) => dim.Symbols.Any(_dataDependent.Contains);

    /// <summary>Whether inputs carry all symbols of a size, so that it is known from the start.</summary>
    internal bool IsOfInputs(Dim dim) => dim.Symbols.All(_ofInputs.Contains);

    // Inference runs once for each interned op, before its id is taken: the next id names it.
    internal Dim FreshSymbol(Op op, int output, int axis)
    {
        string name = $"{op.Schema.Name}_{_nextId}_{output}_{axis}";
        while (_reserved.Contains(name))
        {
            name += "_";
        }

        _fresh.Add(name);
        _dataDependent.Add(name);
        return Dim.Sym(name);
    }

    // The name that the first op to ask got from a text or an older graph is everybody's.
    internal Dim SizeOf(Op op, Value number, int output, int axis)
    {
        if (_sizes.TryGetValue(number, out Dim? known))
        {
            return known;
        }

        _newSizes.Add((number, output, axis));
        return FreshSymbol(op, output, axis);
    }

    private sealed class ByContent : IEqualityComparer<Op>
    {
        public bool Equals(Op? x, Op? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.CachedHash == y.CachedHash && x.Equals(y));

        public int GetHashCode(Op obj) => obj.CachedHash;
    }
}
