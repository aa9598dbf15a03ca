namespace Tessera.Kernels;

/// <summary>
/// A kernel was given something its contract refuses. Inside a session ONNX Runtime carries the message on in its
/// own exception.
/// </summary>
public sealed class TesseraKernelException(string message) : Exception(message);
