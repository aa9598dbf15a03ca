using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Tessera.Onnx.Proto;

namespace Tessera.Benchmarks.Compile;

/// <summary>
/// Peak anonymous memory (mapped pages not counted) of the tool on models of large weights, as allowed divided by taken: a quarter
/// of the model and 300 MB are allowed.
/// </summary>
internal static class MemoryBenchmark
{
    private const long Allowance = 300L << 20;
    private const int Side = 4096;
    private const long LayerBytes = 4L * Side * Side;

    public static IEnumerable<Row> Run(bool quick)
    {
        using PublishedTool tool = new();
        foreach ((string name, long bytes, bool isExternal, bool isFilled) in Cases(quick ? 8 : 1))
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-memory-");
            string path = Path.Combine(folder.FullName, "model.onnx");
            Write(path, (int)(bytes / LayerBytes), isExternal, isFilled);
            long peak = 0;
            tool.Run(process => peak = Math.Max(peak, Anonymous(process)), "optimize", path, "-o", Path.Combine(folder.FullName, "out.onnx"));
            folder.Delete(recursive: true);
            double ratio = ((bytes / 4) + Allowance) / (double)peak;
            yield return new Row("memory", $"{name}, {bytes >> 20} MB: {peak >> 20} MB", "a quarter and 300 MB", 1, ratio, ratio, ratio, 1);
        }
    }

    private static IEnumerable<(string Name, long Bytes, bool IsExternal, bool IsFilled)> Cases(int fraction) =>
    [
        ("external data, zeros", (4L << 30) / fraction, true, false),
        ("external data, numbers", (4L << 30) / fraction, true, true),
        ("raw data within the model", ((2L << 30) - LayerBytes) / fraction, false, true),
    ];

    private static long Anonymous(Process process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(static l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
        }
        catch (IOException)
        {
            // It has ended since it was asked.
            return 0;
        }
    }

    // A chain of matrices, each behind a transpose, so that layout is folded into weights too.
    private static void Write(string path, int layers, bool isExternal, bool isFilled)
    {
        GraphProto graph = new() { Name = "large" };
        graph.Input.Add(Info("x"));
        string x = "x";
        for (int i = 0; i < layers; i++)
        {
            graph.Node.Add(Node("Transpose", $"t{i}", $"w{i}"));
            graph.Node.Add(Node("MatMul", $"y{i}", x, i % 2 == 0 ? $"t{i}" : $"w{i}"));
            x = $"y{i}";
        }

        graph.Output.Add(Info(x));
        ModelProto model = new() { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        if (isExternal)
        {
            WriteData(path + ".bin", layers, isFilled);
            graph.Initializer.AddRange(Enumerable.Range(0, layers).Select(i => External(i, Path.GetFileName(path) + ".bin")));
            File.WriteAllBytes(path, model.ToByteArray());
        }
        else
        {
            WriteInline(path, model, layers);
        }
    }

    private static ValueInfoProto Info(string name)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = 1, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.Add([new TensorShapeProto.Types.Dimension { DimParam = "n" }, new TensorShapeProto.Types.Dimension { DimValue = Side }]);
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static NodeProto Node(string op, string result, params IEnumerable<string> inputs)
    {
        NodeProto node = new() { OpType = op, Name = result, Output = { result } };
        node.Input.AddRange(inputs);
        return node;
    }

    private static TensorProto Tensor(int i) => new() { Name = $"w{i}", DataType = 1, Dims = { Side, Side } };

    private static TensorProto External(int i, string location)
    {
        TensorProto tensor = Tensor(i);
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = (i * LayerBytes).ToString(CultureInfo.InvariantCulture) });
        return tensor;
    }

    private static void WriteData(string path, int layers, bool isFilled)
    {
        using FileStream stream = File.Create(path);
        stream.SetLength(layers * LayerBytes);
        for (int i = 0; isFilled && i < layers; i++)
        {
            stream.Write(Numbers(i));
        }
    }

    // Messages of a graph may come in parts: weights are added one by one, and none but one is held.
    private static void WriteInline(string path, ModelProto model, int layers)
    {
        using FileStream stream = File.Create(path);
        using CodedOutputStream output = new(stream);
        model.WriteTo(output);
        for (int i = 0; i < layers; i++)
        {
            TensorProto tensor = Tensor(i);
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(Numbers(i));
            output.WriteTag(7, WireFormat.WireType.LengthDelimited);
            output.WriteMessage(new GraphProto { Initializer = { tensor } });
        }
    }

    private static byte[] Numbers(int seed)
    {
        byte[] bytes = new byte[LayerBytes];
        for (int i = 0; i < bytes.Length; i += sizeof(float))
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i), ((((i >> 2) * 31) + seed) % 1009 - 504) / 1024f);
        }

        return bytes;
    }
}
