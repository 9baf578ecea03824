/** The files that krait itself writes into work directories, by their names at the top. */
export const generatedFiles =
  /^(?:\.source_info\.json|conda_build\.(?:sh|bat|log)|build_env\.(?:sh|bat)|conda_build_(?:script|step\d+)\.\w+)$/
