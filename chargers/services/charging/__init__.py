"""Smart charging (OCPP 2.x block K, the 1.6 profile SmartCharging).

`setting` asks stations; `effects` is what follows from their answers; `reports` what they tell by themselves;
`following` keeps profiles in step with sessions and connections; `rows` is what these share.
"""
