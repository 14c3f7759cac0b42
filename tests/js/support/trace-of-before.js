module.exports={accepting:{},refusing:{calls:[],events:[]}}
