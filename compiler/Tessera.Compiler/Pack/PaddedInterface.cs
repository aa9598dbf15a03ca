using System.Collections.Immutable;
using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;
using Tessera.Passes.Packing;
using Tessera.Passes.Unbatching;

namespace Tessera.Compiler.Pack;

/// <summary>
/// Puts what the original takes and gives around a packed graph: tokens are gathered by the lengths that masks tell, results are
/// scattered into zeros.
/// </summary>
internal sealed class PaddedInterface
{
    private readonly Graph _packed;
    private readonly Graph _original;
    private readonly UnpaddedGraph _unpadded;
    private readonly PackOptions _options;
    private readonly GraphBuilder _g;
    private readonly Dictionary<string, Value> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Value> _lengths = new(StringComparer.Ordinal);
    private readonly Dim _batch;

    private PaddedInterface(Graph packed, Graph original, UnpaddedGraph unpadded, PackOptions options)
    {
        (_packed, _original, _unpadded, _options, _batch) = (packed, original, unpadded, options, Dim.Sym(options.Batch));
        _g = new GraphBuilder(unpadded.Graph.Constraints) { TakesClaims = true };
        _g.Reserve(packed.PostOrder().SelectMany(static op => op.Outputs).SelectMany(static v => IrTypes.Symbols(v.Type)));
    }

    /// <summary>The graph with the original's inputs and outputs.</summary>
    public static Graph Around(Graph packed, Graph original, UnpaddedGraph unpadded, PackOptions options) =>
        new PaddedInterface(packed, original, unpadded, options).Run();

    private Graph Run()
    {
        Value[] inputs = [.. _original.Inputs.Select(v => _inputs[NameOf(v)] = _g.Input(NameOf(v), v.Type))];
        foreach (string symbol in _options.Ragged)
        {
            _lengths[symbol] = Lengths(symbol);
        }

        Dictionary<Value, Value> known = _packed.Inputs.ToDictionary(static v => v, Given);
        IReadOnlyList<Value> results = new GraphRebuild(_g).Run(_packed.Roots, known, OfBatch);
        GraphOutput[] outputs = [.. _unpadded.Graph.Outputs.Select((o, i) => o with { Value = Output(i, results[_packed.Outputs.ToList().FindIndex(p => p.Name == o.Name)]) })];
        return _packed with { Builder = _g, Inputs = inputs, Outputs = outputs, Each = [] };
    }

    // The packed graph calls the number of examples by a name of its own.
    private IReadOnlyList<Value>? OfBatch(Op op, ImmutableArray<Value?> operands) =>
        _options.Batch == "batch" ? null : _g.EmitAs(OpRewriting.Substitute(op, Renamed).WithOperands(operands), [.. op.Outputs.Select(o => IrTypes.Substitute(o.Type, Renamed))], op.Outputs[0].Source);

    private Dim? Renamed(string symbol) => symbol == "batch" ? _batch : null;

    // i64[B]: how many tokens the mask shows, all of them where there is none.
    private Value Lengths(string symbol)
    {
        foreach ((string name, MaskForm form) in _unpadded.MaskForms)
        {
            int at = _original.Inputs.ToList().FindIndex(v => NameOf(v) == name);
            UnbatchedGraph one = _unpadded.Batched;
            Shape shape = one.Graph.Inputs[at].Shape;
            int axis = shape.ToList().FindIndex(d => d == Dim.Sym(symbol));
            if (axis >= 0)
            {
                Value mask = _inputs[name];
                Value tokens = form == MaskForm.Added ? _g.Equal(mask, _g.Float(mask.DType, 0)) : mask.DType == DType.Bool ? mask : _g.Cast(mask, DType.Bool);
                long[] others = [.. Enumerable.Range(0, mask.Rank).Where(a => a != one.InputAxes[at]).Select(static a => (long)a)];
                return _g.ReduceSum(_g.Cast(tokens, DType.I64), [.. others], keepDims: false);
            }
        }

        return _g.Expand(_g.DimValue(Dim.Sym(symbol)), [_batch]);
    }

    private Value Given(Value input)
    {
        string name = NameOf(input);
        const string Offsets = "cu_seqlens_";
        if (!_inputs.TryGetValue(name, out Value? value) && name.StartsWith(Offsets, StringComparison.Ordinal))
        {
            Value ends = _g.CumSum(_lengths[name[Offsets.Length..]], axis: 0);
            return _g.Cast(_g.Concat([_g.Ints(0), ends], axis: 0), DType.I32);
        }

        int at = _original.Inputs.ToList().FindIndex(v => NameOf(v) == name);
        int batch = _unpadded.Batched.InputAxes[at];
        Shape one = _unpadded.Batched.Graph.Inputs[at].Shape;
        int ragged = Ragged(one);
        value = Moved(value!, [batch, .. ragged < 0 ? (int[])[] : [Whole(ragged, batch)], .. Rest(one, ragged, batch)]);
        return ragged < 0 ? value : _g.GatherND(value, Tokens(one[ragged], input.Shape[0]));
    }

    // Zeros where the original has padding.
    private Value Output(int at, Value result)
    {
        Shape one = _unpadded.Graph.Outputs[at].Value.Shape;
        int batch = _unpadded.Batched.OutputAxes[at];
        int ragged = Ragged(one);
        int[] order = [batch, .. ragged < 0 ? (int[])[] : [Whole(ragged, batch)], .. Rest(one, ragged, batch)];
        if (ragged >= 0)
        {
            Shape padded = [_batch, one[ragged], .. one.Where((_, a) => a != ragged)];
            Value zeros = _g.Expand(Zero(result.DType), padded);
            result = _g.ScatterND(zeros, Tokens(one[ragged], result.Shape[0]), result);
        }

        return Moved(result, [.. Enumerable.Range(0, order.Length).Select(a => Array.IndexOf(order, a))]);
    }

    // i64[tokens, 2]: example and place of each token.
    private Value Tokens(Dim partition, Dim total)
    {
        Value lengths = Computed(partition);
        Value places = _g.Range(_g.Int(DType.I64, 0), _g.DimValue(partition), _g.Int(DType.I64, 1));
        Value own = _g.Less(places, _g.Reshape(lengths, [_batch, 1]));
        TensorType named = new(DType.I64, [2, total]);
        return _g.Transpose(total.IsSymbol(out _) ? _g.EmitAs(new NonZero(own), [named])[0] : _g.NonZero(own), [1, 0]);
    }

    // A length of each example, of what the ragged sizes are in it.
    private Value Computed(Dim partition) => Passes.Batching.DimArithmetic.Compute(
        _g, partition, _unpadded.Graph.Builder.Facts, s => _lengths.TryGetValue(s, out Value? lengths) ? lengths : _g.DimValue(Dim.Sym(s)));

    private Value Zero(DType dtype) => dtype.IsFloat() ? _g.Float(dtype, 0)
        : dtype == DType.Bool ? _g.Constant(TensorContent.From(DType.Bool, [], [false]))
        : _g.Int(dtype, 0);

    private int Ragged(Shape one) => one.ToList().FindIndex(d => d.Symbols.Any(_options.Ragged.Contains));

    private static int Whole(int axis, int batch) => axis >= batch ? axis + 1 : axis;

    private static IEnumerable<int> Rest(Shape one, int ragged, int batch) => Enumerable.Range(0, one.Rank).Where(a => a != ragged).Select(a => Whole(a, batch));

    private Value Moved(Value value, int[] perm) =>
        perm.Select(static (a, i) => a == i).All(static same => same) ? value : _g.Transpose(value, [.. perm.Select(static a => (long)a)]);

    private static string NameOf(Value input) => ((Input)input.Producer).Name;
}
