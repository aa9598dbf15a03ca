using System.Security.Cryptography;
using Google.Protobuf;
using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// The functions that stand beside fused ops: for each op, attributes, element types, fixed sizes and operands present one
/// body of standard ops, written at the model's own opset (a function's opset import is ignored once it is inlined).
/// </summary>
internal sealed class FunctionTable(EmitOptions options)
{
    private readonly Dictionary<string, FunctionProto> _byOverload = new(StringComparer.Ordinal);
    private readonly Dictionary<Op, string> _known = [];

    // Interns ops for the lookup alone: bodies are written in builders of their own, so that none depends on another.
    private readonly GraphBuilder _keys = new();

    /// <summary>Functions in the order of their first use.</summary>
    public List<FunctionProto> Functions { get; } = [];

    /// <summary>The overload of the function for <paramref name="op"/>: a hash of the body, which is written at the first use.</summary>
    public string OverloadFor(Op op, OnnxRow row, NodeProto node)
    {
        Op key = Canonical(op, _keys);
        if (!_known.TryGetValue(key, out string? overload))
        {
            GraphBuilder builder = new();
            FunctionProto function = Write(Canonical(op, builder), row, node, builder);
            overload = Convert.ToHexStringLower(SHA256.HashData(function.ToByteArray()))[..16];
            function.Overload = overload;
            if (_byOverload.TryAdd(overload, function))
            {
                Functions.Add(function);
            }

            _known.Add(key, overload);
        }

        return overload;
    }

    // Inputs of the operands' types, symbols renamed in order of occurrence: one body serves nodes over [n, …] and [m, …].
    private static Op Canonical(Op op, GraphBuilder builder)
    {
        Dictionary<string, Dim> symbols = new(StringComparer.Ordinal);
        foreach (Value operand in op.Operands.OfType<Value>())
        {
            foreach (string symbol in (operand.Type as TensorType)?.Shape?.Dims.SelectMany(static d => d.Symbols) ?? [])
            {
                symbols.TryAdd(symbol, Dim.Sym($"s{symbols.Count}"));
            }
        }

        Dictionary<Dim, Dim> mixed = [];
        Op renamed = OpRewriting.Substitute(op, symbols.GetValueOrDefault);
        Value?[] inputs = [.. op.Operands.Select((v, i) => v is null
            ? null
            : builder.Input($"x{i}", IrTypes.Substitute(Named(v.Type, mixed), symbols.GetValueOrDefault)))];
        return builder.EmitAll(renamed.Closed().WithOperands(inputs))[0].Producer;
    }

    // A body cannot take total_n + batch apart, and need not: a size of several symbols is one symbol there.
    private static IrType Named(IrType type, Dictionary<Dim, Dim> mixed) => type is TensorType { Shape: { } shape } tensor
        ? tensor with
        {
            Shape = [.. shape.Select(d => d.Symbols.Distinct().Skip(1).Any()
                ? mixed.TryGetValue(d, out Dim? known) ? known : mixed[d] = Dim.Sym($"t{mixed.Count}")
                : d)],
        }
        : type;

    private FunctionProto Write(Op op, OnnxRow row, NodeProto node, GraphBuilder builder)
    {
        IReadOnlyList<Value> results = op.Decompose(builder) ?? throw new TesseraException(
            "TSR0801", op.Outputs[0].Source, $"{op.Schema.Name} is written as {row.Domain}:{row.OpType}, which needs a body of standard ops.");
        EmitOptions portable = options with { Target = EmitTarget.Portable };
        Graph graph = new Legalizer(options.Opset, portable.Allows).Run(new Graph
        {
            Name = row.OpType,
            Builder = builder,
            Inputs = [.. op.Operands.OfType<Value>()],
            Outputs = [.. results.Select(static (v, i) => new GraphOutput($"y{i}", v))],
        });
        EmitScope scope = new(new NameTable());
        FunctionProto function = new() { Name = row.OpType, Domain = row.Domain };
        WriteInputs(op, row, node, scope, function);
        WriteOutputs(graph, scope, portable, function);
        function.Node.AddRange(scope.Nodes);
        function.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = options.Opset });
        return function;
    }

    // One parameter for each position up to the last that is present; absent ones are named and never used.
    private static void WriteInputs(Op op, OnnxRow row, NodeProto node, EmitScope scope, FunctionProto function)
    {
        Value?[] operands = row.Inputs is { } arguments
            ? [.. arguments.Cast<OnnxArgument.Operand>().SelectMany(a => OpAccess.Operands(op, a.Name))]
            : [.. op.Operands];
        for (int i = 0; i < node.Input.Count; i++)
        {
            string name = $"x{i}";
            scope.Names.Reserve(name);
            function.Input.Add(name);
            if (operands[i] is { } operand)
            {
                scope.Bind(operand, name);
            }
        }
    }

    private void WriteOutputs(Graph graph, EmitScope scope, EmitOptions portable, FunctionProto function)
    {
        function.Output.AddRange(graph.Outputs.Select(static o => o.Name));
        foreach (string name in function.Output)
        {
            scope.Names.Reserve(name);
        }

        OutputNames names = new(graph.Outputs);
        new NodeWriter(portable, this, sourceMap: null).Write(graph.Roots, scope, graph.Builder.Facts, names.Take);
        names.WriteIdentities(scope);
    }
}
