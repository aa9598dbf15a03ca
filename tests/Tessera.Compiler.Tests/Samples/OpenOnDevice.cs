using Tessera.Runtime;

namespace Tessera.Compiler.Tests.Samples;

internal static class OpenOnDevice
{
    /// <summary>The page on deploying opens a model on a GPU; returns what it takes and gives.</summary>
    public static string Signature(string path)
    {
        // sample: device
        using ModelSession session = new(path, Device.Cuda(0)); // or Device.Cpu
        using ModelSession other = ModelSession.Open(path, new ModelSessionOptions { Device = Device.Cuda(0), IntraOpThreads = 2 });
        // end
        return $"{session} {other}";
    }
}
