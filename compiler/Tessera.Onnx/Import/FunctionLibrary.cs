using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>The functions of a model by domain, name and overload.</summary>
internal sealed class FunctionLibrary
{
    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions = [];

    /// <exception cref="TesseraException">TSR0813: two functions share a name.</exception>
    public FunctionLibrary(ModelProto model, string? file)
    {
        foreach (FunctionProto function in model.Functions)
        {
            if (!_functions.TryAdd((function.Domain, function.Name, function.Overload), function))
            {
                throw new TesseraException("TSR0813", file ?? "", $"the model has two functions {function.Domain}:{function.Name} with overload '{function.Overload}'.");
            }
        }
    }

    /// <summary>The function that a node calls, or null.</summary>
    public FunctionProto? Find(NodeProto node) => _functions.GetValueOrDefault((node.Domain, node.OpType, node.Overload));
}
