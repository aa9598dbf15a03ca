using Microsoft.ML.OnnxRuntime;

namespace Tessera.Gpu.Devices;

/// <summary>A run whose inputs and outputs lie in a device's memory. It is over on the CPU when it returns; a CUDA device may still be at it.</summary>
internal sealed class BoundRun : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();

    public BoundRun(InferenceSession session, IReadOnlyDictionary<string, DeviceTensor> inputs, IReadOnlyDictionary<string, DeviceTensor> outputs)
    {
        _session = session;
        _binding = session.CreateIoBinding();
        _options.AddRunConfigEntry("disable_synchronize_execution_providers", "1");
        foreach ((string name, DeviceTensor tensor) in inputs)
        {
            _binding.BindInput(name, tensor.Value);
        }

        foreach ((string name, DeviceTensor tensor) in outputs)
        {
            _binding.BindOutput(name, tensor.Value);
        }
    }

    public void Run() => _session.RunWithBinding(_options, _binding);

    public void Dispose()
    {
        _options.Dispose();
        _binding.Dispose();
    }
}
