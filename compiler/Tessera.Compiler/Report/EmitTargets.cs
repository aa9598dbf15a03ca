using Tessera.Onnx;

namespace Tessera.Compiler.Report;

/// <summary>Targets as the command line calls them.</summary>
internal static class EmitTargets
{
    public static string Word(EmitTarget target) => target switch
    {
        EmitTarget.Portable => "portable",
        EmitTarget.Ort => "ort",
        _ => "tessera",
    };
}
