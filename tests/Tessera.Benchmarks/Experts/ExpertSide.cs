using System.Diagnostics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Kernels;
using Tessera.Onnx;
using Tessera.Onnx.Proto;

namespace Tessera.Benchmarks.Experts;

/// <summary>One of the ways that are compared, in a session of its own; weights lie in a file beside the model.</summary>
internal sealed class ExpertSide : IDisposable
{
    private readonly InferenceSession _session;
    private readonly bool _isDense;

    private ExpertSide(string name, InferenceSession session, bool isDense = false) => (Name, _session, _isDense) = (name, session, isDense);

    public string Name { get; }

    public static ExpertSide Ours(string folder, ExpertLayer layer, int k, int threads) =>
        new("ours", new InferenceSession(Saved(folder, $"routed{layer.Experts}k{k}", layer.Routed(k)), Options(threads, kernels: true)));

    /// <summary>The functions of our ops, in ONNX Runtime alone.</summary>
    public static ExpertSide Body(string folder, ExpertLayer layer, int k, int threads) =>
        new("function body", new InferenceSession(Saved(folder, $"routed{layer.Experts}k{k}", layer.Routed(k)), Options(threads)));

    /// <summary>As many rows through one expert.</summary>
    public static ExpertSide Dense(string folder, ExpertLayer layer, int threads) =>
        new("dense chain, FLOP/s", new InferenceSession(Saved(folder, $"dense{layer.Experts}", layer.Dense()), Options(threads)), isDense: true);

    /// <summary>ONNX Runtime's own op, over stacks of all experts that are <c>[E, out, in]</c>.</summary>
    public static ExpertSide Moe(string folder, ExpertLayer layer, int k, int threads)
    {
        string path = Path.Combine(folder, $"moe{layer.Experts}k{k}.onnx");
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, MoeModel(folder, layer, k).ToByteArray());
        }

        return new("com.microsoft.MoE", new InferenceSession(path, Options(threads)));
    }

    public void Dispose() => _session.Dispose();

    public double Time(IReadOnlyList<ExpertFeed> feeds)
    {
        using RunOptions run = new();
        long start = Stopwatch.GetTimestamp();
        foreach (ExpertFeed feed in feeds)
        {
            _session.Run(run, _isDense ? feed.DenseInputs : feed.Inputs, _session.OutputNames).Dispose();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / feeds.Count;
    }

    /// <summary>Fails where the first or the last token is not what the definition says.</summary>
    public void Check(ExpertFeed feed, ExpertLayer layer)
    {
        if (_isDense)
        {
            return;
        }

        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, feed.Inputs, _session.OutputNames);
        foreach (int token in (int[])[0, feed.Tokens - 1])
        {
            int at = token * ExpertLayer.Size;
            double[] expected = layer.Reference(feed.X.AsSpan(at, ExpertLayer.Size), feed.Logits.AsSpan(token * layer.Experts, layer.Experts), feed.K);
            ReadOnlySpan<float> actual = outputs[0].GetTensorDataAsSpan<float>().Slice(at, ExpertLayer.Size);
            for (int d = 0; d < expected.Length; d++)
            {
                if (!(Math.Abs(actual[d] - expected[d]) <= 1e-4))
                {
                    throw new InvalidOperationException($"{Name}: token {token}, element {d} is {actual[d]}, not {expected[d]}.");
                }
            }
        }
    }

    // Several sessions share the processors: those that rest must not spin beside the one that is timed.
    private static SessionOptions Options(int threads, bool kernels = false)
    {
        SessionOptions options = new() { IntraOpNumThreads = threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        if (kernels)
        {
            TesseraOps.Register(options);
        }

        return options;
    }

    private static string Saved(string folder, string name, Graph graph)
    {
        string path = Path.Combine(folder, name + ".onnx");
        if (!File.Exists(path))
        {
            OnnxEmitter.Emit(graph, new EmitOptions { Target = EmitTarget.Tessera, Save = new SaveOptions { ExternalAbove = 0 } }).Save(path);
        }

        return path;
    }

    private static ModelProto MoeModel(string folder, ExpertLayer layer, int k)
    {
        GraphProto graph = new() { Name = "moe" };
        graph.Input.Add(Info("x", "t", ExpertLayer.Size));
        graph.Input.Add(Info("logits", "t", layer.Experts));
        graph.Output.Add(Info("y", "t", ExpertLayer.Size));
        NodeProto node = new() { OpType = "MoE", Domain = "com.microsoft", Input = { "x", "logits", "w1", "", "w2" }, Output = { "y" } };
        node.Attribute.Add(new AttributeProto { Name = "k", Type = AttributeProto.Types.AttributeType.Int, I = k });
        node.Attribute.Add(new AttributeProto { Name = "normalize_routing_weights", Type = AttributeProto.Types.AttributeType.Int, I = 1 });
        node.Attribute.Add(new AttributeProto { Name = "activation_type", Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8("gelu") });
        graph.Node.Add(node);
        string file = $"moe{layer.Experts}.bin";
        bool isNew = !File.Exists(Path.Combine(folder, file));
        using Stream stream = isNew ? File.Create(Path.Combine(folder, file)) : Stream.Null;
        graph.Initializer.Add(Stack(stream, file, "w1", 0, layer.W1, ExpertLayer.Size, layer.Hidden));
        graph.Initializer.Add(Stack(stream, file, "w2", (long)(layer.Experts * layer.ExpertBytes / 2), layer.W2, layer.Hidden, ExpertLayer.Size));
        ModelProto model = new() { IrVersion = 10, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 21 });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        return model;
    }

    private static TensorProto Stack(Stream stream, string file, string name, long offset, float[][] experts, int rows, int columns)
    {
        float[] turned = new float[rows * columns];
        foreach (float[] w in experts)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                {
                    turned[(c * rows) + r] = w[(r * columns) + c];
                }
            }

            stream.Write(MemoryMarshal.AsBytes<float>(turned));
        }

        TensorProto tensor = new() { Name = name, DataType = (int)DType.F32, Dims = { experts.Length, columns, rows }, DataLocation = TensorProto.Types.DataLocation.External };
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = file });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = ((long)experts.Length * rows * columns * sizeof(float)).ToString(System.Globalization.CultureInfo.InvariantCulture) });
        return tensor;
    }

    private static ValueInfoProto Info(string name, string rows, long columns)
    {
        TensorShapeProto shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimParam = rows }, new TensorShapeProto.Types.Dimension { DimValue = columns } } };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DType.F32, Shape = shape } } };
    }
}
