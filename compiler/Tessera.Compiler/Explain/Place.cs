using Tessera.Ir;

namespace Tessera.Compiler.Explain;

/// <summary>Places as reports name them.</summary>
public static class Place
{
    /// <summary>
    /// The node's name where the model came from a file, whose name all of them would repeat; else the module path and C# line.
    /// </summary>
    public static string Of(SourceLocation place)
    {
        ArgumentNullException.ThrowIfNull(place);
        string name = place.File?.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) == true ? place.ModulePath : place.ToString();
        return name.Length > 0 ? name : "(no name)";
    }

    /// <summary>The place of an op's results.</summary>
    public static string Of(Op op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return Of(op.Outputs[0].Source);
    }
}
