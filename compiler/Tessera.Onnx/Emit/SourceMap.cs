using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>The C# place of each node. It is kept out of the model, so that a comment changes no model's bytes.</summary>
public sealed class SourceMap
{
    private static readonly JsonWriterOptions s_json = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<(string Node, SourceLocation Source)> _places = [];

    /// <summary>Nodes in the order of the model.</summary>
    public IReadOnlyList<(string Node, SourceLocation Source)> Places => _places;

    internal void Add(string node, SourceLocation source)
    {
        if (source.File is not null)
        {
            _places.Add((node, source));
        }
    }

    /// <summary><c>{"nodes": {"mlp.fc1/matmul_0": {"module": "mlp.fc1", "file": "Vit.cs", "line": 31}}}</c></summary>
    public string ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, s_json))
        {
            json.WriteStartObject();
            json.WriteStartObject("nodes");
            foreach ((string node, SourceLocation source) in _places)
            {
                json.WriteStartObject(node);
                json.WriteString("module", source.ModulePath);
                json.WriteString("file", Path.GetFileName(source.File));
                json.WriteNumber("line", source.Line);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
