using System.Collections.Frozen;

namespace Tessera.Runtime;

/// <summary>Checks a run's inputs against what the model declares, before ONNX Runtime sees them.</summary>
internal sealed class InputChecker
{
    private readonly TensorSpec[] _specs;
    private readonly FrozenDictionary<string, int> _indices;
    private readonly SizeRules? _rules;

    /// <param name="specs">What the model declares.</param>
    /// <param name="rules">What a model of Tessera's requires of sizes; null for one of others, where names of inputs do not say what their numbers mean.</param>
    public InputChecker(IEnumerable<TensorSpec> specs, SizeRules? rules)
    {
        _rules = rules;
        _specs = [.. specs];
        _indices = _specs.Index().ToFrozenDictionary(pair => pair.Item.Name, pair => pair.Index);
    }

    /// <summary>The declaration of each input, in the order given.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0710 to TSR0716, TSR0719, TSR0726 to TSR0729, TSR0735.</exception>
    public TensorSpec[] Check(ReadOnlySpan<TensorInput> inputs)
    {
        var given = Match(inputs);
        var symbols = new Dictionary<string, (long Size, string Input)>();
        for (var i = 0; i < inputs.Length; i++)
            CheckOne(given[i], inputs[i], symbols);
        if (_rules is not null)
            RaggedChecker.Check(inputs, symbols, _rules);
        return given;
    }

    private TensorSpec[] Match(ReadOnlySpan<TensorInput> inputs)
    {
        Span<int> positions = stackalloc int[Math.Min(_specs.Length, 64)];
        if (positions.Length < _specs.Length)
            positions = new int[_specs.Length];
        positions.Fill(-1);
        var given = new TensorSpec[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var name = inputs[i].Name;
            if (name.Length == 0)
                throw RuntimeErrors.UnnamedInput(i);
            if (!_indices.TryGetValue(name, out var index))
                throw RuntimeErrors.UnknownInput(name, _specs.Select(spec => spec.Name));
            if (positions[index] >= 0)
                throw RuntimeErrors.DuplicateInput(name, positions[index], i);
            positions[index] = i;
            given[i] = _specs[index];
        }
        for (var index = 0; index < _specs.Length; index++)
            if (positions[index] < 0 && !_specs[index].IsOptional)
                throw RuntimeErrors.MissingInput(_specs[index], given.Select(spec => spec.Name));
        return given;
    }

    private static void CheckOne(TensorSpec spec, TensorInput input, Dictionary<string, (long Size, string Input)> symbols)
    {
        if (!spec.IsTensor)
            throw RuntimeErrors.NotATensor($"input '{spec.Name}'", spec.KindName);
        if (!ElementTypes.Fits(input.ElementType, spec.ElementType))
            throw RuntimeErrors.DTypeMismatch(spec, input.ElementType);
        // No declared axis: a scalar or an unknown rank, which ONNX Runtime does not tell apart.
        if (spec.Dims.Count == 0)
            return;
        if (spec.Dims.Count != input.Dims.Length)
            throw RuntimeErrors.RankMismatch(spec, input);
        for (var axis = 0; axis < spec.Dims.Count; axis++)
            CheckAxis(spec, input, axis, symbols);
    }

    private static void CheckAxis(TensorSpec spec, TensorInput input, int axis, Dictionary<string, (long Size, string Input)> symbols)
    {
        var (size, symbol) = spec.Dims[axis];
        var given = input.Dims[axis];
        if (size is not null && size != given)
            throw RuntimeErrors.SizeMismatch(spec, input, axis);
        if (symbol is null || symbols.TryAdd(symbol, (given, spec.Name)))
            return;
        var (otherSize, otherInput) = symbols[symbol];
        if (otherSize != given)
            throw RuntimeErrors.SymbolMismatch(spec, input, axis, otherInput, otherSize);
    }
}
