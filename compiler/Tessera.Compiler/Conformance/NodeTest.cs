using Google.Protobuf;
using Tessera.Compiler.Verify;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;

namespace Tessera.Compiler.Conformance;

/// <summary>One set of values that a model is run on, and what it has to give.</summary>
public sealed record NodeTestSet(string Name, IReadOnlyDictionary<string, RefValue> Inputs, IReadOnlyList<RefValue> Outputs);

/// <summary>A folder with <c>model.onnx</c> and <c>test_data_set_*/input_*.pb, output_*.pb</c>, as ONNX keeps its node tests.</summary>
public sealed class NodeTest
{
    private readonly Func<IEnumerable<NodeTestSet>> _data;

    public NodeTest(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        Name = Path.GetFileName(folder.TrimEnd(Path.DirectorySeparatorChar));
        Bytes = File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
        Model = ModelProto.Parser.ParseFrom(Bytes);
        _data = () => Read(folder);
    }

    /// <summary>A test that no folder holds.</summary>
    public NodeTest(string name, ModelProto model, IReadOnlyList<NodeTestSet> data) => (Name, Model, Bytes, _data) = (name, model, model.ToByteArray(), () => data);

    public string Name { get; }

    public byte[] Bytes { get; }

    public ModelProto Model { get; }

    /// <summary>Folders that hold a model, in ordinal order of their names.</summary>
    public static IEnumerable<string> Find(string folder) => Directory.EnumerateFiles(folder, "model.onnx", SearchOption.AllDirectories)
        .Select(static f => Path.GetDirectoryName(f)!)
        .Order(StringComparer.Ordinal);

    /// <summary>The sets of values.</summary>
    public IEnumerable<NodeTestSet> Data() => _data();

    private IEnumerable<NodeTestSet> Read(string folder)
    {
        HashSet<string> initialized = [.. Model.Graph.Initializer.Select(static t => t.Name)];
        ValueInfoProto[] inputs = [.. Model.Graph.Input.Where(i => !initialized.Contains(i.Name))];
        foreach (string set in Directory.GetDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal))
        {
            yield return new NodeTestSet(
                Path.GetFileName(set),
                inputs.Select((input, i) => (input.Name, Path: Path.Combine(set, $"input_{i}.pb"), input.Type))
                    .Where(static p => File.Exists(p.Path))
                    .ToDictionary(static p => p.Name, static p => ValueFile.Read(p.Path, p.Type), StringComparer.Ordinal),
                [.. Model.Graph.Output.Select((output, i) => ValueFile.Read(Path.Combine(set, $"output_{i}.pb"), output.Type))]);
        }
    }
}
