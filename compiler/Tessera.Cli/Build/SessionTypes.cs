using Tessera.Ir;
using Tessera.Nn;

namespace Tessera.Cli.Build;

/// <summary>Holds a trace against what its typed session was written for without running it.</summary>
internal static class SessionTypes
{
    /// <exception cref="TesseraException">TSR1231: an output is not declared, and its elements are not of the compute type.</exception>
    public static void Check(Graph single, ModuleSignature? signature, ModelRequest request)
    {
        HashSet<string> declared = [.. signature?.DeclaredOutputs.Select(static o => o.Name) ?? []];
        if (single.Outputs.FirstOrDefault(o => !declared.Contains(o.Name) && o.Value.DType != request.DType) is { } odd)
        {
            throw new TesseraException(
                "TSR1231", odd.Value.Source, $"output '{odd.Name}' of {request.Include} is {odd.Value.Type}, and its session takes it for {request.DType.Text()}.",
                $"Declare it on Forward: [return: Output(\"{odd.Value.Type}\")], of a tuple with the element's name behind it.");
        }
    }
}
